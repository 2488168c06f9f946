//! What denies: the agent's mode, and layers 1, 2 and 4.

use super::{Layer, Prepared, Reason, Said, World, conditions::Question, reason, reason_at};
use crate::{
    action::{ActionType, Amount, DATA_READ},
    agent::Mode,
    money::Currency,
    permission::{Limit, PermissionSet, Scope},
    request::Ask,
    sentence,
};

/// Adds all that denies; of the hard limits those that are to be looked at.
pub(super) fn denials(
    ask: &Ask,
    world: &World<'_>,
    question: Option<&Question<'_>>,
    look_at: fn(&Limit) -> bool,
    found: &mut Vec<Reason>,
) {
    match world.mode {
        Mode::Live | Mode::Shadow => {}
        Mode::Draft => found.push(reason(Layer::Agent, "not-live", "This agent is a draft.")),
        Mode::Retired => found.push(reason(Layer::Agent, "not-live", "This agent is retired.")),
    }
    match question {
        None => {
            let text = format!("{} is not an action that Reins knows.", sentence::value(&ask.action));
            found.push(reason_at(Layer::ActionScope, "unknown-action", "/action", text));
        }
        Some(question) => found.extend(argument_faults(question)),
    }
    match world.permissions {
        None => found.push(reason(Layer::Agent, "no-permissions", "No permission set of this agent is published.")),
        Some(set) => {
            found.extend(scope_denials(ask, set));
            if let Some(question) = question {
                found.extend(limit_denials(question, set, look_at));
                found.extend(read_denials(ask, question.action, set));
            }
            found.extend(missing_fields(ask, set));
        }
    }
}

/// One misfit denies as well as a thousand; an agent must not make the answer long.
const MOST_MISFITS: usize = 20;

fn argument_faults(question: &Question<'_>) -> Vec<Reason> {
    let Question { ask, action, .. } = question;
    let misfits = action.arguments.misfits(&ask.arguments, "/arguments");
    let mut found: Vec<Reason> = misfits
        .into_iter()
        .take(MOST_MISFITS)
        .map(|misfit| {
            // Within the arguments: `item_ids/3`.
            let place = misfit.pointer.trim_start_matches("/arguments").trim_start_matches('/');
            let named = if place.is_empty() { String::new() } else { format!("{} ", sentence::value(place)) };
            let text = format!("The arguments do not fit: {named}{}.", sentence::visible(&misfit.detail));
            reason_at(Layer::ActionScope, "arguments", misfit.pointer, text)
        })
        .collect();
    if question.amount_cannot_be() {
        let pointer = action.amount_pointer().unwrap_or_default();
        let text = if action.zero_amount { "The amount is below zero." } else { "The amount is not above zero." };
        found.push(reason_at(Layer::ActionScope, "amount-not-positive", pointer, text));
    }
    if action.name == DATA_READ && !ask.says_reads() {
        let text = "A look-up has to say in `reads` what is looked up.";
        found.push(reason_at(Layer::DataAccess, "no-reads", "/reads", text));
    }
    found
}

fn scope_denials(ask: &Ask, set: &PermissionSet) -> Option<Reason> {
    let name = || sentence::value(&ask.action);
    if set.action_scope.deny.contains(&ask.action) {
        let text = format!("{} is on the deny list.", name());
        return Some(reason_at(Layer::ActionScope, "deny-list", "/action", text));
    }
    if !set.action_scope.allow.contains_key(&ask.action) {
        let text = format!("{} is not on the allow list.", name());
        return Some(reason_at(Layer::ActionScope, "not-listed", "/action", text));
    }
    None
}

fn limit_denials(question: &Question<'_>, set: &Prepared, look_at: fn(&Limit) -> bool) -> impl Iterator<Item = Reason> {
    let limits = set.limits_of(&question.ask.action);
    limits.iter().filter(move |limit| look_at(&limit.what)).filter_map(move |Said { what: limit, words }| {
        let text = match keeps_to(question, limit, limits) {
            Some(true) => return None,
            Some(false) => format!("Beyond the hard limit: {words}."),
            None => format!("{} The hard limit: {words}.", what_is_unknown(question, limit)),
        };
        let pointer = if matches!(limit, Limit::Count { .. }) { None } else { question.action.amount_pointer() };
        Some(Reason { pointer, ..reason(Layer::ActionScope, "hard-limit", text) })
    })
}

/// Whether the request keeps to one of the action's limits; `None` is unknown.
///
/// Of limits that differ in their currency alone, each judges its own.
fn keeps_to(question: &Question<'_>, limit: &Limit, all: &[Said<Limit>]) -> Option<bool> {
    match limit {
        Limit::Amount { most } => match question.amount {
            Amount::Known(money) if money.currency != most.currency => {
                let has_its_own = all
                    .iter()
                    .any(|other| matches!(other.what, Limit::Amount { most } if most.currency == money.currency));
                has_its_own.then_some(true)
            }
            _ => Some(question.minor_in(most.currency)? <= most.minor),
        },
        Limit::Count { most, window } => Some(question.count_with(window)? <= *most),
        Limit::Sum { most, window } => {
            let others: Vec<Currency> = all
                .iter()
                .filter_map(|other| match &other.what {
                    Limit::Sum { most: other, window: its } if its == window => Some(other.currency),
                    _ => None,
                })
                .collect();
            Some(question.sum_of_its_own(most.currency, &others, window)? <= most.minor)
        }
    }
}

/// Why nobody can say whether a limit is kept, as a sentence.
fn what_is_unknown(question: &Question<'_>, limit: &Limit) -> String {
    match (limit, question.amount) {
        (Limit::Amount { .. } | Limit::Sum { .. }, Amount::Unknown) => "How much it moves is not known.".to_owned(),
        (Limit::Amount { most }, Amount::Known(money)) | (Limit::Sum { most, .. }, Amount::Known(money))
            if most.currency != money.currency =>
        {
            format!("The amount is in {}, for which there is no limit.", money.currency)
        }
        _ => "How much there was before is not known.".to_owned(),
    }
}

fn read_denials(ask: &Ask, action: &ActionType, set: &PermissionSet) -> Vec<Reason> {
    let mut found = Vec::new();
    let said = ask.reads.as_ref().map_or(0, Vec::len);
    for (index, (data_set, subject)) in ask.rests_on(action).enumerate() {
        let name = || sentence::value(data_set);
        let own = subject.is_some() && subject == ask.customer_id();
        let (rule, text) = match set.data_access.read.get(data_set) {
            _ if set.data_access.deny.contains(data_set) => ("deny-list", format!("Reading {} is denied.", name())),
            None => ("not-listed", format!("{} is not among what this agent may read.", name())),
            Some(Scope::ThisCustomer) if !own => {
                ("other-customer", format!("{} may be read of the request's own customer only.", name()))
            }
            Some(_) => continue,
        };
        let pointer = (index < said).then(|| format!("/reads/{index}"));
        found.push(Reason { pointer, ..reason(Layer::DataAccess, rule, text) });
    }
    found
}

fn missing_fields(ask: &Ask, set: &PermissionSet) -> Vec<Reason> {
    let missing = set.audit_logging.require.iter().filter(|field| !ask.carries(**field));
    missing
        .map(|field| {
            let name = field.name();
            reason_at(Layer::AuditLogging, "required-field", format!("/{name}"), format!("`{name}` is required."))
        })
        .collect()
}
