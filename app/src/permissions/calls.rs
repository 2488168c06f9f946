//! What the editor asks of the server: one small change of one part, with what its author saw of it.

use domain::{
    action::ActionType,
    authoring::edit::{ActionStanding, Change, DataStanding, Direction, Edit},
    fault::Fault,
    part::{Part, Piece, Seen},
    permission::{Field, Limit, PermissionSet, Recorded, Rule},
    role::Capability,
};
use leptos::prelude::*;

use super::{
    editing::anchor,
    form::{ClauseForm, RuleForm, SpanForm, lines, number},
    rules::group::neighbours,
    wrote::{Wrote, refused},
};
use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{after, permissions_at, permissions_rule},
    server::{actor, done, go, governance},
    told::Back,
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<SetDataSet>(Capability::Govern),
    function::<SetAction>(Capability::Govern),
    function::<SaveLimit>(Capability::Govern),
    function::<AddLimit>(Capability::Govern),
    function::<AddRule>(Capability::Govern),
    function::<SaveRule>(Capability::Govern),
    function::<SetFallback>(Capability::Govern),
    function::<SetRecord>(Capability::Govern),
    function::<SetRequire>(Capability::Govern),
    function::<SetMask>(Capability::Govern),
    function::<SetKeepDays>(Capability::Govern),
];

/// Makes a change of the draft; gives it as it stands then, or the way to what was not taken.
async fn change(
    agent: &str,
    seen: Option<&str>,
    change: Result<Change, Fault>,
    wrote: &Wrote,
    anchor: &str,
) -> Result<Result<PermissionSet, Back>, UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let error = match change {
        Ok(change) => {
            let seen: Option<Seen> = seen.and_then(|seen| serde_json::from_value(seen.into()).ok());
            match governance.edit_draft(&actor, agent, &Edit { seen, change }).await.map_err(UiError::from) {
                Ok(edited) => return Ok(Ok(edited.permissions)),
                Err(error @ (UiError::ChangedMeanwhile | UiError::Invalid(_))) => error,
                Err(error) => return Err(error),
            }
        }
        Err(fault) => UiError::Invalid(fault),
    };
    refused(agent, error, wrote, anchor).map(Err).ok_or(error)
}

async fn change_here(
    agent: &str,
    seen: &str,
    made: Result<Change, Fault>,
    wrote: Wrote,
    part: &Part,
) -> Result<(), UiError> {
    let here = anchor(part);
    match change(agent, Some(seen), made, &wrote, &here).await? {
        Ok(_) => done(permissions_at(agent, &here)),
        Err(back) => go(back),
    }
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, Fault> {
    serde_json::from_value(name.into()).map_err(|_| Fault::Other)
}

#[server]
pub async fn set_data_set(agent: String, name: String, seen: String, standing: String) -> Result<(), UiError> {
    let made = read::<DataStanding>(&standing).map(|standing| Change::DataSet { name: name.clone(), standing });
    let part = Part::DataSet { name: name.clone() };
    change_here(&agent, &seen, made, Wrote::DataSet { name, standing }, &part).await
}

#[server]
pub async fn set_action(agent: String, name: String, seen: String, standing: String) -> Result<(), UiError> {
    let made = read::<ActionStanding>(&standing).map(|standing| Change::Action { name: name.clone(), standing });
    let part = Part::Action { name: name.clone() };
    change_here(&agent, &seen, made, Wrote::Action { name, standing }, &part).await
}

/// Changes the hard limit that was seen, or removes it; adds one where the whole action was seen.
#[server]
pub async fn save_limit(
    agent: String,
    action: String,
    seen: String,
    limit: ClauseForm,
    #[server(default)] then: String,
) -> Result<(), UiError> {
    let part = Part::Action { name: action.clone() };
    let was: Option<Limit> = serde_json::from_str(&seen).ok();
    let made = match (then.as_str(), was.clone()) {
        ("remove", Some(was)) => Ok(Change::RemoveLimit { action: action.clone(), was }),
        ("remove", None) => Err(Fault::Other),
        (_, None) => limit.limit().map(|limit| Change::AddLimit { action: action.clone(), limit }),
        (_, Some(was)) => limit.limit().map(|limit| Change::ReplaceLimit { action: action.clone(), was, limit }),
    };
    change_here(&agent, &seen, made, Wrote::Limit { action, was, clause: limit }, &part).await
}

/// Adds a hard limit of a kind, with blanks that are a start.
#[server]
pub async fn add_limit(agent: String, action: String, seen: String, kind: String) -> Result<(), UiError> {
    let clause = start(&agent, &kind, &action).await?;
    let part = Part::Action { name: action.clone() };
    let made = clause.limit().map(|limit| Change::AddLimit { action: action.clone(), limit });
    change_here(&agent, &seen, made, Wrote::Limit { action, was: None, clause }, &part).await
}

/// A clause with blanks that are a start, in the currency of the action, or of the shop, and with its topics.
async fn start(agent: &str, kind: &str, action: &str) -> Result<ClauseForm, UiError> {
    let catalog = governance()?.draft(&actor().await?, agent).await?.catalog;
    let currency = catalog.action(action).and_then(ActionType::fixed_currency);
    let currency = currency.or_else(|| catalog.currencies_in_use().first().copied());
    let currency = currency.or_else(|| domain::money::Currency::parse("USD").ok()).ok_or(UiError::Unavailable)?;
    Ok(ClauseForm::new(kind, currency, &catalog.word_lists.keys().cloned().collect()))
}

/// The one action that a rule is about; empty where it is about several.
fn the_action(form: &RuleForm) -> &str {
    match (form.applies.as_str(), form.actions.as_slice()) {
        ("several", [only]) => only,
        (applies, _) => applies.strip_prefix("action:").unwrap_or_default(),
    }
}

/// Adds a rule about some action, with one condition or none.
#[server]
pub async fn add_rule(agent: String, applies: String, #[server(default)] kind: String) -> Result<(), UiError> {
    let before = governance()?.draft(&actor().await?, &agent).await?.permissions.approval_thresholds;
    let (queue, known) = (before.queue, before.rules.len());
    let when = if kind.is_empty() {
        Vec::new()
    } else {
        vec![start(&agent, &kind, applies.strip_prefix("action:").unwrap_or_default()).await?]
    };
    let four_hours = SpanForm::of(4 * 60 * 60);
    let form = RuleForm {
        applies,
        when,
        queue,
        needed: "1".to_owned(),
        number: four_hours.number,
        unit: four_hours.unit,
        ..RuleForm::default()
    };
    let rule = form.read("", false);
    let made = rule.clone().map(|rule| Change::AddRule { rule: Box::new(rule) });
    let wrote = Wrote::Rule { id: String::new(), rule: form };
    match (change(&agent, None, made, &wrote, "layer-3").await?, rule) {
        (Ok(set), Ok(rule)) => {
            let is_it = |known: &&Rule| Rule { id: String::new(), ..(*known).clone() } == rule;
            let id = set.approval_thresholds.rules.iter().rev().find(is_it).map(|rule| rule.id.clone());
            let address = at_rule(&agent, &id.unwrap_or_default());
            done(match set.approval_thresholds.rules.len() > known {
                true => address,
                false => said(&address, Done::RuleStands),
            })
        }
        (Err(back), _) => go(back),
        (Ok(_), Err(_)) => done(permissions_at(&agent, "layer-3")),
    }
}

/// The address, with what the page says of what was done.
fn said(address: &str, done: Done) -> String {
    match address.split_once('#') {
        Some((path, anchor)) => format!("{}#{anchor}", after(path.to_owned(), done)),
        None => after(address.to_owned(), done),
    }
}

fn at_rule(agent: &str, id: &str) -> String {
    permissions_rule(agent, id, &anchor(&Part::Rule { id: id.to_owned() }))
}

/// Saves a rule as it is written, and then does what the button says: nothing is lost by pressing it.
#[server]
pub async fn save_rule(
    agent: String,
    id: String,
    seen: String,
    rule: RuleForm,
    #[server(default)] off: bool,
    #[server(default)] then: String,
) -> Result<(), UiError> {
    let part = Part::Rule { id: id.clone() };
    let piece = |rule: Option<Rule>| Change::Put { piece: Piece::Rule { id: id.clone(), rule: rule.map(Box::new) } };
    let made = match then.as_str() {
        "remove" => Ok(piece(None)),
        _ => written(&agent, &id, &rule, off, &then).await?.map(|rule| piece(Some(rule))),
    };
    let wrote = Wrote::Rule { id: id.clone(), rule };
    let set = match change(&agent, Some(&seen), made, &wrote, &anchor(&part)).await? {
        Ok(set) => set,
        Err(back) => return go(back),
    };
    match then.as_str() {
        "remove" => done(permissions_at(&agent, "layer-3")),
        "copy" => {
            let set = again(&agent, &Change::CopyRule { id: id.clone() }).await?;
            let rules = &set.approval_thresholds.rules;
            // It stands behind the first, and is the one to go on with.
            let copy = rules.iter().skip_while(|rule| rule.id != id).nth(1).map_or(id, |rule| rule.id.clone());
            done(said(&at_rule(&agent, &copy), Done::RuleCopied))
        }
        "up" | "down" => {
            let to = if then == "up" { Direction::Up } else { Direction::Down };
            for _ in 0..neighbours(&set, &id, to) {
                again(&agent, &Change::MoveRule { id: id.clone(), to }).await?;
            }
            done(at_rule(&agent, &id))
        }
        _ => done(at_rule(&agent, &id)),
    }
}

/// The rule as written, with what a button adds to it or takes from it.
async fn written(
    agent: &str,
    id: &str,
    form: &RuleForm,
    off: bool,
    then: &str,
) -> Result<Result<Rule, Fault>, UiError> {
    let mut form = form.clone();
    let off = match then {
        "off" => true,
        "on" => false,
        _ => off,
    };
    if let Some(kind) = then.strip_prefix("add:") {
        form.when.push(start(agent, kind, the_action(&form)).await?);
    }
    if let Some(at) = then.strip_prefix("drop:").and_then(|at| at.parse::<usize>().ok())
        && at < form.when.len()
    {
        form.when.remove(at);
    }
    Ok(form.read(id, off))
}

async fn again(agent: &str, change: &Change) -> Result<PermissionSet, UiError> {
    let edit = Edit { seen: None, change: change.clone() };
    Ok(governance()?.edit_draft(&actor().await?, agent, &edit).await?.permissions)
}

#[server]
pub async fn set_fallback(agent: String, seen: String, queue: String, within: SpanForm) -> Result<(), UiError> {
    let piece = within.read().map(|within_s| Piece::Fallback { queue: queue.clone(), within_s });
    let made = piece.map(|piece| Change::Put { piece });
    change_here(&agent, &seen, made, Wrote::Fallback { queue, within }, &Part::Fallback).await
}

#[server]
pub async fn set_record(agent: String, seen: String, #[server(default)] record: Vec<String>) -> Result<(), UiError> {
    let has = |name: &str| record.iter().any(|known| known == name);
    let recorded =
        Recorded { input: has("input"), reasoning: has("reasoning"), output: has("output"), reads: has("reads") };
    let made = Ok(Change::Put { piece: Piece::Record { record: recorded } });
    change_here(&agent, &seen, made, Wrote::Record { record }, &Part::Record).await
}

#[server]
pub async fn set_require(agent: String, seen: String, #[server(default)] fields: Vec<String>) -> Result<(), UiError> {
    let read: Result<_, Fault> = fields.iter().map(|name| read::<Field>(name)).collect();
    let made = read.map(|fields| Change::Put { piece: Piece::Require { fields } });
    change_here(&agent, &seen, made, Wrote::Require { fields }, &Part::Require).await
}

#[server]
pub async fn set_mask(
    agent: String,
    seen: String,
    #[server(default)] places: Vec<String>,
    #[server(default)] pointers: String,
) -> Result<(), UiError> {
    let pointers = [places, vec![pointers]].concat().join("\n");
    let made = Ok(Change::Put { piece: Piece::Mask { pointers: lines(&pointers).collect() } });
    change_here(&agent, &seen, made, Wrote::Mask { pointers }, &Part::Mask).await
}

#[server]
pub async fn set_keep_days(agent: String, seen: String, days: String) -> Result<(), UiError> {
    let made = number(&days).map(|days| Change::Put { piece: Piece::KeepDays { days } });
    change_here(&agent, &seen, made, Wrote::KeepDays { days }, &Part::KeepDays).await
}
