//! Replay: past actions judged against a permission set, without executing or recording anything.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    action::{ActionType, DATA_READ},
    agent_file::AgentFile,
    decision::{Decision, Prepared},
    facts::{Facts, Words},
    id::AgentId,
    json,
    money::Money,
    request::Ask,
    schema::Misfit,
};
use uuid::Uuid;

use crate::past::simulation::{Occasions, Shelf, Simulation};

/// One line of past actions: an ask, and when it was.
#[derive(Clone, Debug, PartialEq)]
pub struct PastAction {
    pub at: DateTime<Utc>,
    pub ask: Ask,
}

impl PastAction {
    /// Reads a line: the body of an ask as the agent API takes it, and `at`. Gives in words what does not fit.
    pub fn read(line: &str) -> Result<Self, String> {
        let mut value = json::parse(line.as_bytes()).map_err(said)?;
        let members = value.as_object_mut().ok_or("is not an object")?;
        let at = members.remove("at").ok_or("missing field `at`")?;
        let at = at.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let at = at.ok_or("`at` is not a time like `2026-10-01T14:02:00Z`")?.to_utc();
        let ask: Ask = serde_json::from_value(value).map_err(|error| error.to_string())?;
        match ask.misfits().into_iter().next() {
            Some(misfit) => Err(said(misfit)),
            None => Ok(Self { at, ask }),
        }
    }
}

/// What does not fit, after its place.
fn said(misfit: Misfit) -> String {
    let Misfit { pointer, detail } = misfit;
    if pointer.is_empty() { detail } else { format!("`{pointer}` {detail}") }
}

/// What the permission set would have said.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    pub decision: Decision,
    pub amount: Option<Money>,
}

/// Judges past actions by the file's permission set, each seeing those before it in its windows. They come in the order of
/// their times.
pub fn replay<'a>(
    file: &'a AgentFile,
    past: impl Iterator<Item = PastAction> + 'a,
) -> impl Iterator<Item = Replayed> + 'a {
    let mut actions: HashMap<String, ActionType> = file.actions.iter().map(|a| (a.name.clone(), a.clone())).collect();
    actions.insert(DATA_READ.to_owned(), ActionType::data_read());
    let shelf = Shelf { agent: AgentId(Uuid::nil()), actions, words: Words::from(&file.word_lists) };
    let mut simulation = Simulation::new(Some(Prepared::new(file.permissions.clone(), &file.names())));
    let mut occasions = Occasions::default();
    past.map(move |PastAction { at, ask }| {
        let facts = Facts { other_customer_under_trigger: occasions.other_customer(&ask), ..Facts::default() };
        let amount = shelf.actions.get(&ask.action).and_then(|action| action.amount_in(&ask.arguments));
        Replayed { decision: simulation.judge(&shelf, at, &ask, facts).decision, amount }
    })
}
