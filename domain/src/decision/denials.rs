//! What denies: the agent's mode, and layers 1, 2 and 4.

use super::{Layer, Prepared, Reason, Said, World, conditions::Question, reason, reason_at};
use crate::{
    action::{ActionType, DATA_READ},
    agent::Mode,
    permission::{Limit, PermissionSet, Scope},
    request::Ask,
    sentence,
};

/// Adds all that denies.
pub(super) fn denials(ask: &Ask, world: &World<'_>, question: Option<&Question<'_>>, found: &mut Vec<Reason>) {
    match world.mode {
        Mode::Live | Mode::Shadow => {}
        Mode::Draft => found.push(reason(Layer::Agent, "not-live", "This agent is a draft.")),
        Mode::Retired => found.push(reason(Layer::Agent, "not-live", "This agent is retired.")),
    }
    match question {
        None => {
            let text = format!("`{}` is not an action that Reins knows.", sentence::visible(&ask.action));
            found.push(reason_at(Layer::ActionScope, "unknown-action", "/action", text));
        }
        Some(question) => found.extend(argument_faults(question)),
    }
    match world.permissions {
        None => found.push(reason(Layer::Agent, "no-permissions", "No permission set of this agent is published.")),
        Some(set) => {
            found.extend(scope_denials(ask, set));
            if let Some(question) = question {
                found.extend(limit_denials(question, set));
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
            let named = if place.is_empty() { String::new() } else { format!("`{}` ", sentence::visible(place)) };
            let text = format!("The arguments do not fit: {named}{}.", sentence::visible(&misfit.detail));
            reason_at(Layer::ActionScope, "arguments", misfit.pointer, text)
        })
        .collect();
    if question.amount_is_not_positive() {
        let pointer = action.amount_pointer().unwrap_or_default();
        found.push(reason_at(Layer::ActionScope, "amount-not-positive", pointer, "The amount is not above zero."));
    }
    if action.name == DATA_READ && !ask.says_reads() {
        let text = "A look-up has to say in `reads` what is looked up.";
        found.push(reason_at(Layer::DataAccess, "no-reads", "/reads", text));
    }
    found
}

fn scope_denials(ask: &Ask, set: &PermissionSet) -> Option<Reason> {
    let name = || sentence::visible(&ask.action);
    if set.action_scope.deny.contains(&ask.action) {
        let text = format!("`{}` is on the deny list.", name());
        return Some(reason_at(Layer::ActionScope, "deny-list", "/action", text));
    }
    if !set.action_scope.allow.contains_key(&ask.action) {
        let text = format!("`{}` is not on the allow list.", name());
        return Some(reason_at(Layer::ActionScope, "not-listed", "/action", text));
    }
    None
}

fn limit_denials(question: &Question<'_>, set: &Prepared) -> impl Iterator<Item = Reason> {
    let beyond = set.limits_of(&question.ask.action).iter().filter(|limit| match &limit.what {
        Limit::Amount { most } => question.minor_in(most.currency).is_none_or(|minor| minor > most.minor),
        Limit::Count { most, window } => question.count_with(window).is_none_or(|count| count > *most),
        Limit::Sum { most, window } => question.sum_with(most.currency, window).is_none_or(|sum| sum > most.minor),
    });
    beyond.map(|Said { what: limit, words }| Reason {
        pointer: if matches!(limit, Limit::Count { .. }) { None } else { question.action.amount_pointer() },
        ..reason(Layer::ActionScope, "hard-limit", format!("Beyond the hard limit: {words}."))
    })
}

fn read_denials(ask: &Ask, action: &ActionType, set: &PermissionSet) -> Vec<Reason> {
    let mut found = Vec::new();
    for (index, read) in ask.reads_or(action).iter().enumerate() {
        let name = || sentence::visible(&read.data_set);
        let own = read.subject.is_some() && read.subject.as_deref() == ask.customer_id();
        let (rule, text) = match set.data_access.read.get(&read.data_set) {
            _ if set.data_access.deny.contains(&read.data_set) => {
                ("deny-list", format!("Reading `{}` is denied.", name()))
            }
            None => ("not-listed", format!("`{}` is not among what this agent may read.", name())),
            Some(Scope::ThisCustomer) if !own => {
                ("other-customer", format!("`{}` may be read of the request's own customer only.", name()))
            }
            Some(_) => continue,
        };
        let pointer = ask.says_reads().then(|| format!("/reads/{index}"));
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
