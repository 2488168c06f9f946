//! Conditions as Cedar says them: a rule asks unless one of them is known to be false.

use std::collections::BTreeSet;

use super::quoted;
use crate::{
    action::{ActionType, Reversibility},
    money::{Currency, Money},
    permission::Condition,
};

pub(super) enum Clause {
    /// What makes it known to be false.
    Unless(String),
    Always,
    /// True or false of an action, whatever is asked.
    OfTheAction,
    /// Counts what came before.
    Counts,
}

/// Whether the condition can be true of a request for this action.
pub(super) fn can_hold(condition: &Condition, action: &ActionType) -> bool {
    match condition {
        Condition::Irreversible => !matches!(action.reversibility, Reversibility::Reversible { .. }),
        _ => true,
    }
}

pub(super) fn clause(condition: &Condition) -> Clause {
    match condition {
        Condition::AmountOver { limit } => Clause::Unless(amount_within(*limit)),
        Condition::FirstOrder { trust_agent } => Clause::Unless(known_not("first_order", *trust_agent)),
        Condition::OpenComplaint { trust_agent } => Clause::Unless(known_not("open_complaint", *trust_agent)),
        Condition::LifetimeValueOver { limit, trust_agent } => Clause::Unless(worth_within(*limit, *trust_agent)),
        Condition::UnknownCustomer => Clause::Unless("context.customer_known".to_owned()),
        Condition::Touches { topics } if topics.is_empty() => Clause::Unless("context.topics_complete".to_owned()),
        Condition::Touches { topics } => {
            Clause::Unless(format!("context.topics_complete && !{}.containsAny(context.topics)", set(topics)))
        }
        Condition::FirstOfItsKind => Clause::Unless("context has template && context.kind_has_succeeded".to_owned()),
        Condition::TemplateNotIn { templates } if templates.is_empty() => Clause::Always,
        Condition::TemplateNotIn { templates } => {
            Clause::Unless(format!("context has template && {}.contains(context.template)", set(templates)))
        }
        Condition::Irreversible => Clause::OfTheAction,
        Condition::CountOver { .. } | Condition::SumOver { .. } => Clause::Counts,
    }
}

/// An amount in another currency is unknown; none is unknown, or nothing.
pub(super) fn amount_within(most: Money) -> String {
    amount_within_or_in(most, &BTreeSet::new())
}

/// The same where an amount in one of the `others` has a limit of its own.
pub(super) fn amount_within_or_in(most: Money, others: &BTreeSet<Currency>) -> String {
    let (minor, currency) = (most.minor, quoted(most.currency.code()));
    let without = if 0 <= most.minor { "context.amount_known" } else { "false" };
    let within = format!("context.amount.currency == {currency} && context.amount.minor <= {minor}");
    let has_its_own = others.iter().map(|other| format!(" || context.amount.currency == {}", quoted(other.code())));
    format!("if context has amount then {within}{} else {without}", has_its_own.collect::<String>())
}

fn known_not(fact: &str, trust_agent: bool) -> String {
    let holds = |who: &str| format!("(context.{who} has {fact} && context.{who}.{fact})");
    let fails = |who: &str| format!("context.{who} has {fact} && !context.{who}.{fact}");
    known_false(holds, fails, trust_agent)
}

fn worth_within(limit: Money, trust_agent: bool) -> String {
    let (minor, currency) = (limit.minor, quoted(limit.currency.code()));
    let known =
        |who: &str| format!("context.{who} has lifetime_value && context.{who}.lifetime_value.currency == {currency}");
    let holds = |who: &str| format!("({} && context.{who}.lifetime_value.minor > {minor})", known(who));
    let fails = |who: &str| format!("{} && context.{who}.lifetime_value.minor <= {minor}", known(who));
    known_false(holds, fails, trust_agent)
}

/// The brand says no, or the agent where it is trusted, and neither says yes.
fn known_false(holds: impl Fn(&str) -> String, fails: impl Fn(&str) -> String, trust_agent: bool) -> String {
    let [agent, brand] = ["said_by_agent", "known_to_brand"];
    let by_brand = format!("{} && !{}", fails(brand), holds(agent));
    match trust_agent {
        true => format!("({by_brand}) || ({} && !{})", fails(agent), holds(brand)),
        false => by_brand,
    }
}

fn set(texts: &BTreeSet<String>) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}
