//! Layer 2: what is allowed without a bound, or without anybody.

use super::{
    Code, Review, Risk, cover, risk,
    words::{FAILURES, all, all_first, one},
};
use crate::{
    action::{ActionType, Effect, Reversibility},
    money::Currency,
    part::Part,
    permission::{Allowance, Limit, Per, Scope},
    sentence::{called, duration, list, value},
};

pub(super) fn risks(review: &Review<'_>) -> Vec<Risk> {
    let Review { set, catalog, names, allowed } = review;
    let scope = &set.action_scope;
    let mut found = Vec::new();
    for name in scope.allow.keys().chain(scope.deny.iter().filter(|name| !scope.allow.contains_key(*name))) {
        if catalog.action(name).is_none() {
            let sentence = format!("There is no action {}.", value(name));
            found.push(risk(Code::UnknownAction, Part::Action { name: name.clone() }, sentence));
        }
    }
    for name in scope.deny.iter().filter(|name| scope.allow.contains_key(*name)) {
        let sentence = format!("Allowed and denied; it is denied: {}.", called(&names.actions, name));
        found.push(risk(Code::DeniedAnyway, Part::Action { name: name.clone() }, sentence));
    }
    for action in allowed {
        let Some(allowance) = scope.allow.get(&action.name) else { continue };
        let part = || Part::Action { name: action.name.clone() };
        found.extend(limit_risks(action, allowance).into_iter().map(|(code, text)| risk(code, part(), text)));
        found.extend(unreadable(review, action).map(|text| risk(Code::Unreadable, part(), text)));
        found.extend(unconnected(review, action).map(|text| risk(Code::UnknownIntegration, part(), text)));
        // What is in shadow is never carried out.
        if !allowance.shadow {
            found.extend(unasked(review, action).map(|(code, text)| risk(code, part(), text)));
        }
    }
    found
}

fn limit_risks(action: &ActionType, allowance: &Allowance) -> Vec<(Code, String)> {
    let mut found = Vec::new();
    let (one, all) = (one(&action.label), all(&action.label));
    let bounds = |limit: &Limit| matches!(limit, Limit::Amount { .. } | Limit::Sum { .. });
    if action.amount.is_some() && !allowance.shadow && !allowance.limits.iter().any(bounds) {
        found.push((Code::NoUpperLimit, format!("{} have no upper limit.", all_first(&action.label))));
    }
    for limit in &allowance.limits {
        if action.amount.is_none() && cover::counts_only_its_money(limit, action) {
            let text = format!("{} have no amount, so this limit never holds.", all_first(&action.label));
            found.push((Code::LimitNeverReached, text));
        }
        if action.amount.is_some() {
            found.extend(other_currency(action, limit, &allowance.limits));
        }
        if limit.window().is_some_and(|window| window.per == Per::Customer) && !action.for_customer {
            let text = format!("A limit counts per customer, but {all} are for none: every {one} will be denied.");
            found.push((Code::AlwaysDenied, text));
        }
        if limit.window().is_some_and(|window| window.trust_agent) {
            found.push((Code::AgentsWord, FAILURES.to_owned()));
        }
        found.extend(never_reached(limit, &allowance.limits).map(|text| (Code::LimitNeverReached, text)));
    }
    found
}

/// What a limit in one currency does to amounts in others; said once of limits that differ in their currency alone.
fn other_currency(action: &ActionType, limit: &Limit, limits: &[Limit]) -> Option<(Code, String)> {
    let (one, all) = (one(&action.label), all(&action.label));
    let its = limit.currency()?;
    let alike = || limits.iter().filter(|other| limit.differs_in_currency_alone(other));
    let covered: Vec<Currency> = alike().filter_map(Limit::currency).collect();
    match action.fixed_currency() {
        Some(only) if only == its => None,
        Some(only) if covered.contains(&only) => {
            let text = format!("The hard limit in {its} never holds: {all} are in {only}.");
            Some((Code::LimitNeverReached, text))
        }
        Some(only) => Some((
            Code::OtherCurrency,
            format!("The hard limit is in {its}, but {all} are in {only}: every {one} will be denied."),
        )),
        None if alike().next() != Some(limit) => None,
        None => {
            let codes: Vec<String> = covered.iter().map(Currency::to_string).collect();
            let are = if codes.len() == 1 { "The hard limit is in" } else { "The hard limits are in" };
            let codes = list(&codes, "and");
            let text =
                format!("{are} {codes}: every {one} in another currency will be denied, as there is none for it.");
            Some((Code::DeniedAnyway, text))
        }
    }
}

/// A single amount that is larger than a window takes.
fn never_reached(limit: &Limit, limits: &[Limit]) -> Option<String> {
    let Limit::Amount { most: single } = limit else { return None };
    limits.iter().find_map(|other| match other {
        Limit::Sum { most, window } if most.currency == single.currency && most.minor < single.minor => Some(format!(
            "The limit of {} a request is never reached: no more than {} is left within {}.",
            single.readable(),
            most.readable(),
            duration(window.within_s)
        )),
        _ => None,
    })
}

fn unreadable(review: &Review<'_>, action: &ActionType) -> Option<String> {
    let access = &review.set.data_access;
    let all = all_first(&action.label);
    action.data_sets.iter().find_map(|name| {
        let label = called(&review.names.data_sets, name);
        match access.read.get(name).filter(|_| !access.deny.contains(name)) {
            None => Some(format!("{all} rest on what may not be read, and will be denied: {label}.")),
            Some(Scope::ThisCustomer) if !action.for_customer => Some(format!(
                "{all} are for no customer, but rest on what may be read of one customer only, and will be denied: {label}."
            )),
            Some(_) => None,
        }
    })
}

fn unconnected(review: &Review<'_>, action: &ActionType) -> Option<String> {
    let integration = action.integration.as_ref()?;
    let is_known = review.catalog.integrations.iter().any(|known| known.slug == *integration);
    let text = || format!("{} run on {}, which is not connected.", all_first(&action.label), value(integration));
    (!is_known).then(text)
}

fn unasked(review: &Review<'_>, action: &ActionType) -> Option<(Code, String)> {
    let asks = |rule| cover::can_ask(rule, action, review.set);
    if review.set.approval_thresholds.in_force().any(asks) || !action.effect.needs_outcome() {
        return None;
    }
    let label = value(&action.label);
    Some(match action.reversibility {
        Reversibility::Irreversible => {
            (Code::IrreversibleUnasked, format!("Allowed, irreversible, and nobody is asked: {label}."))
        }
        _ => {
            let what = match action.effect {
                Effect::Commitment => "Binds the brand",
                Effect::Message => "Speaks to people",
                _ => "Changes an outside system",
            };
            (Code::Unasked, format!("{what}, and nobody is asked: {label}."))
        }
    })
}
