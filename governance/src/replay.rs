//! Replay: past actions judged against a permission set, without executing or recording anything.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    action::ActionType,
    agent::Mode,
    agent_file::AgentFile,
    decision::{Decision, Prepared, World, decide},
    facts::{Facts, Words},
    id::AgentId,
    json,
    money::Money,
    request::Ask,
    schema::Misfit,
    state::State,
    window::{Usage, Window, windows_for},
};
use uuid::Uuid;

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

/// What has been judged so far, for the windows of what follows.
struct Past {
    at: DateTime<Utc>,
    action: String,
    customer: Option<String>,
    amount: Option<Money>,
}

/// Judges past actions by the file's permission set, each seeing those before it in its windows. They come in the order of
/// their times.
pub fn replay<'a>(
    file: &'a AgentFile,
    past: impl Iterator<Item = PastAction> + 'a,
) -> impl Iterator<Item = Replayed> + 'a {
    let agent = AgentId(Uuid::nil());
    let built_in = ActionType::data_read();
    let permissions = Prepared::new(file.permissions.clone(), &file.names());
    let words = Words::from(&file.word_lists);
    let mut seen: Vec<Past> = Vec::new();
    let mut served: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    past.map(move |past| {
        let ask = &past.ask;
        let action = file.actions.iter().chain([&built_in]).find(|action| action.name == ask.action);
        let windows = action.map(|a| windows_for(agent, ask, a, &permissions)).unwrap_or_default();
        let other_customer = ask.trigger.as_ref().zip(ask.customer_id()).is_some_and(|(trigger, customer)| {
            let served = served.entry(trigger.clone()).or_default();
            served.insert(customer.to_owned());
            served.len() > 1
        });
        let facts = Facts {
            windows: windows.into_iter().map(|w| (w.clone(), usage(&w, &seen, past.at))).collect(),
            other_customer_under_trigger: other_customer,
            ..Facts::default()
        };
        let world = World {
            agent,
            mode: Mode::Live,
            stopped: None,
            action,
            permissions: Some(&permissions),
            tightenings: &[],
            breaker_open: false,
            words: &words,
            facts: &facts,
            now: past.at,
        };
        let decision = decide(ask, &world);
        let amount = action.and_then(|a| a.amount_in(&ask.arguments));
        let state = crate::Asked::new(domain::id::RequestId(Uuid::nil()), decision.clone(), None, past.at).state;
        if State::counts_in_windows(state) {
            let customer = ask.customer_id().map(str::to_owned);
            seen.push(Past { at: past.at, action: ask.action.clone(), customer, amount });
        }
        Replayed { decision, amount }
    })
}

fn usage(window: &Window, seen: &[Past], now: DateTime<Utc>) -> Usage {
    let since = now - TimeDelta::seconds(i64::from(window.within_s));
    let mut usage = Usage::default();
    let inside = seen.iter().rev().take_while(|past| past.at > since);
    for past in inside.filter(|past| window.actions.contains(&past.action)) {
        if window.customer.is_none() || window.customer == past.customer {
            usage.add(past.amount);
        }
    }
    usage
}
