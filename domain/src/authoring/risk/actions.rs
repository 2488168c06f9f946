//! Layer 2: what is allowed without a bound, or without anybody.

use serde_json::json;

use super::{
    Code, Review, Risk, cover, risk,
    words::{all, all_first, failures, one},
};
use crate::{
    action::{ActionType, Effect, Reversibility},
    authoring::statement::{Given, Statement},
    money::Currency,
    part::Part,
    permission::{Allowance, Limit, Per, Scope},
    statement,
};

pub(super) fn risks(review: &Review<'_>) -> Vec<Risk> {
    let Review { set, catalog, names, allowed } = review;
    let scope = &set.action_scope;
    let mut found = Vec::new();
    for name in scope.allow.keys().chain(scope.deny.iter().filter(|name| !scope.allow.contains_key(*name))) {
        if catalog.action(name).is_none() {
            let said = statement!("unknown_action", "There is no action {name}.", name = Given::name(name));
            found.push(risk(Code::UnknownAction, Part::Action { name: name.clone() }, said));
        }
    }
    for name in scope.deny.iter().filter(|name| scope.allow.contains_key(*name)) {
        let called = Given::called(&names.actions, name);
        let said = statement!("denied_anyway.action", "Allowed and denied; it is denied: {action}.", action = called);
        found.push(risk(Code::DeniedAnyway, Part::Action { name: name.clone() }, said));
    }
    for action in allowed {
        let Some(allowance) = scope.allow.get(&action.name) else { continue };
        let part = || Part::Action { name: action.name.clone() };
        found.extend(limit_risks(action, allowance).into_iter().map(|(code, said)| risk(code, part(), said)));
        found.extend(unreadable(review, action).map(|said| risk(Code::Unreadable, part(), said)));
        found.extend(unconnected(review, action).map(|said| risk(Code::UnknownIntegration, part(), said)));
        // What is in shadow is never carried out.
        if !allowance.shadow {
            found.extend(unasked(review, action).map(|(code, said)| risk(code, part(), said)));
        }
    }
    found
}

fn limit_risks(action: &ActionType, allowance: &Allowance) -> Vec<(Code, Statement)> {
    let mut found = Vec::new();
    let label = &action.label;
    let bounds = |limit: &Limit| matches!(limit, Limit::Amount { .. } | Limit::Sum { .. });
    if action.amount.is_some() && !allowance.shadow && !allowance.limits.iter().any(bounds) {
        let said = statement!("no_upper_limit", "{all} have no upper limit.", all = all_first(label));
        found.push((Code::NoUpperLimit, said));
    }
    for limit in &allowance.limits {
        if action.amount.is_none() && cover::counts_only_its_money(limit, action) {
            let said = statement!(
                "limit_never_reached.no_amount",
                "{all} have no amount, so this limit never holds.",
                all = all_first(label)
            );
            found.push((Code::LimitNeverReached, said));
        }
        if action.amount.is_some() {
            found.extend(other_currency(action, limit, &allowance.limits));
        }
        if limit.window().is_some_and(|window| window.per == Per::Customer) && !action.for_customer {
            let said = statement!(
                "always_denied.per_customer",
                "A limit counts per customer, but {all} are for none: every {one} will be denied.",
                all = all(label);
                one = one(label)
            );
            found.push((Code::AlwaysDenied, said));
        }
        if limit.window().is_some_and(|window| window.trust_agent) {
            found.push((Code::AgentsWord, failures()));
        }
        found.extend(never_reached(limit, &allowance.limits).map(|said| (Code::LimitNeverReached, said)));
    }
    found
}

/// What a limit in one currency does to amounts in others; said once of limits that differ in their currency alone.
fn other_currency(action: &ActionType, limit: &Limit, limits: &[Limit]) -> Option<(Code, Statement)> {
    let label = &action.label;
    let its = limit.currency()?;
    let alike = || limits.iter().filter(|other| limit.differs_in_currency_alone(other));
    let covered: Vec<Currency> = alike().filter_map(Limit::currency).collect();
    match action.fixed_currency() {
        Some(only) if only == its => None,
        Some(only) if covered.contains(&only) => {
            let said = statement!(
                "limit_never_reached.currency",
                "The hard limit in {its} never holds: {all} are in {only}.",
                its,
                all = all(label),
                only
            );
            Some((Code::LimitNeverReached, said))
        }
        Some(only) => {
            let said = statement!(
                "other_currency.limit",
                "The hard limit is in {its}, but {all} are in {only}: every {one} will be denied.",
                its,
                all = all(label),
                only;
                one = one(label)
            );
            Some((Code::OtherCurrency, said))
        }
        None if alike().next() != Some(limit) => None,
        None => {
            let said = statement!(
                "denied_anyway.currency",
                "{are} {codes}: every {one} in another currency will be denied, as there is none for it.",
                one = one(label),
                codes = Given::list(covered.iter().map(|code| Given::from(*code)), "and");
                are = if covered.len() == 1 { "The hard limit is in" } else { "The hard limits are in" }
            );
            Some((Code::DeniedAnyway, said))
        }
    }
}

/// A single amount that is larger than a window takes.
fn never_reached(limit: &Limit, limits: &[Limit]) -> Option<Statement> {
    let Limit::Amount { most: single } = limit else { return None };
    limits.iter().find_map(|other| match other {
        Limit::Sum { most, window } if most.currency == single.currency && most.minor < single.minor => {
            Some(statement!(
                "limit_never_reached.window",
                "The limit of {single} a request is never reached: no more than {most} is left within {within}.",
                single = Given::money(single),
                most = Given::money(most),
                within = Given::seconds(window.within_s)
            ))
        }
        _ => None,
    })
}

fn unreadable(review: &Review<'_>, action: &ActionType) -> Option<Statement> {
    let access = &review.set.data_access;
    action.data_sets.iter().find_map(|name| {
        let (all, label) = (all_first(&action.label), Given::called(&review.names.data_sets, name));
        match access.read.get(name).filter(|_| !access.deny.contains(name)) {
            None => Some(statement!(
                "unreadable",
                "{all} rest on what may not be read, and will be denied: {label}.",
                all,
                label
            )),
            Some(Scope::ThisCustomer) if !action.for_customer => Some(statement!(
                "unreadable.no_customer",
                "{all} are for no customer, but rest on what may be read of one customer only, and will be denied: {label}.",
                all,
                label
            )),
            Some(_) => None,
        }
    })
}

fn unconnected(review: &Review<'_>, action: &ActionType) -> Option<Statement> {
    let integration = action.integration.as_ref()?;
    let is_known = review.catalog.integrations.iter().any(|known| known.slug == *integration);
    (!is_known).then(|| {
        statement!(
            "unknown_integration",
            "{all} run on {integration}, which is not connected.",
            all = all_first(&action.label),
            integration = Given::name(integration)
        )
    })
}

fn unasked(review: &Review<'_>, action: &ActionType) -> Option<(Code, Statement)> {
    let asks = |rule| cover::can_ask(rule, action, review.set);
    if review.set.approval_thresholds.in_force().any(asks) || !action.effect.needs_outcome() {
        return None;
    }
    let label = Given::name(&action.label);
    Some(match action.reversibility {
        Reversibility::Irreversible => {
            let said =
                statement!("irreversible_unasked", "Allowed, irreversible, and nobody is asked: {label}.", label);
            (Code::IrreversibleUnasked, said)
        }
        _ => {
            let what = match action.effect {
                Effect::Commitment => "Binds the brand",
                Effect::Message => "Speaks to people",
                _ => "Changes an outside system",
            };
            let what = Given::new(json!(action.effect), what);
            let said = statement!("unasked", "{what}, and nobody is asked: {label}.", what, label);
            (Code::Unasked, said)
        }
    })
}
