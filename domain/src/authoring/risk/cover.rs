//! When a rule cannot ask, and when another one asks for all its cases. What is claimed here is so; not all that is so is
//! claimed.

use std::collections::BTreeSet;

use crate::{
    action::{ActionType, Reversibility},
    permission::{Condition, Limit, Otherwise, PermissionSet, Rule, WindowSpec},
};

/// Why a rule never asks of an action.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Never<'a> {
    NoAmount,
    CanBeUndone,
    /// What it asks about is denied.
    Denied(&'a Limit),
}

/// Whether some request for this action can fit the rule and is not denied.
pub(super) fn can_ask(rule: &Rule, action: &ActionType, set: &PermissionSet) -> bool {
    rule.applies_to.covers(action) && never(rule, action, set).is_none()
}

pub(super) fn never<'a>(rule: &Rule, action: &ActionType, set: &'a PermissionSet) -> Option<Never<'a>> {
    let limits = set.action_scope.allow.get(&action.name).map(|a| a.limits.as_slice()).unwrap_or_default();
    rule.when.iter().find_map(|condition| match condition {
        Condition::AmountOver { limit } if action.amount.is_none() && limit.minor >= 0 => Some(Never::NoAmount),
        Condition::Irreversible if matches!(action.reversibility, Reversibility::Reversible { .. }) => {
            Some(Never::CanBeUndone)
        }
        _ => limits
            .iter()
            .find(|limit| !has_another_currency(limit, limits) && denies_all(limit, condition, action))
            .map(Never::Denied),
    })
}

impl Rule {
    /// Whether every request for this action fits, in force or not.
    pub fn always_asks(&self, action: &ActionType) -> bool {
        self.applies_to.covers(action) && self.when.iter().all(|condition| is_never_false(condition, action))
    }
}

/// Whether the limit is about money, and about nobody's but this action's.
pub(super) fn counts_only_its_money(limit: &Limit, action: &ActionType) -> bool {
    match limit {
        Limit::Amount { .. } => true,
        Limit::Sum { window, .. } => window.actions.iter().all(|name| *name == action.name),
        Limit::Count { .. } => false,
    }
}

/// Whether an amount in another currency is judged by a limit of its own, and so not denied by this one.
fn has_another_currency(limit: &Limit, all: &[Limit]) -> bool {
    let Limit::Amount { most } = limit else { return false };
    all.iter().any(|other| matches!(other, Limit::Amount { most: other } if other.currency != most.currency))
}

/// Whether the limit denies whatever the condition is true of. Amounts are positive, so a sum is no less than one of them.
fn denies_all(limit: &Limit, condition: &Condition, action: &ActionType) -> bool {
    match (condition, limit) {
        (Condition::AmountOver { limit: over }, Limit::Amount { most } | Limit::Sum { most, .. }) => {
            most.currency == over.currency && most.minor <= over.minor
        }
        (Condition::SumOver { limit: over, window }, Limit::Sum { most, window: counted }) => {
            most.currency == over.currency && most.minor <= over.minor && are_one(window, counted, action)
        }
        (Condition::CountOver { limit: over, window }, Limit::Count { most, window: counted }) => {
            most <= over && are_one(window, counted, action)
        }
        _ => false,
    }
}

/// Whether the decision is the same without `rule`, as `other` is in force.
pub(super) fn adds_nothing(rule: &Rule, other: &Rule, actions: &[&ActionType], set: &PermissionSet) -> bool {
    asks_as_much(other, rule) && actions.iter().all(|action| !can_ask(rule, action, set) || covers(other, rule, action))
}

/// The same queue, at least as many people, who count no more often, no more time and no softer an end.
fn asks_as_much(other: &Rule, rule: &Rule) -> bool {
    other.queue == rule.queue
        && other.needed.max(1) >= rule.needed.max(1)
        && other.same_person <= rule.same_person
        && other.within_s <= rule.within_s
        && (other.otherwise == rule.otherwise || other.otherwise == Otherwise::Reject)
}

/// Whether `other` fits whenever `rule` does.
fn covers(other: &Rule, rule: &Rule, action: &ActionType) -> bool {
    let is_met = |wanted: &Condition| {
        is_never_false(wanted, action) || rule.when.iter().any(|given| implies(given, wanted, action))
    };
    other.applies_to.covers(action) && other.when.iter().all(is_met)
}

fn is_never_false(condition: &Condition, action: &ActionType) -> bool {
    match condition {
        Condition::Irreversible => !matches!(action.reversibility, Reversibility::Reversible { .. }),
        // The request itself is one.
        Condition::CountOver { limit: 0, .. } => true,
        _ => false,
    }
}

/// Whether `given` is false whenever `wanted` is: a rule fits unless a condition is false, so unknown counts as true.
fn implies(given: &Condition, wanted: &Condition, action: &ActionType) -> bool {
    use Condition::*;
    match (given, wanted) {
        (AmountOver { limit: given }, AmountOver { limit: wanted }) => {
            given.currency == wanted.currency && given.minor >= wanted.minor
        }
        // The agent's word can make this false only where the rule trusts it.
        (FirstOrder { trust_agent: given }, FirstOrder { trust_agent: wanted })
        | (OpenComplaint { trust_agent: given }, OpenComplaint { trust_agent: wanted }) => given >= wanted,
        (
            LifetimeValueOver { limit: given, trust_agent },
            LifetimeValueOver { limit: wanted, trust_agent: wanted_trust },
        ) => given.currency == wanted.currency && given.minor >= wanted.minor && trust_agent >= wanted_trust,
        (Touches { topics: given }, Touches { topics: wanted }) => given.is_subset(wanted),
        (UnknownCustomer, UnknownCustomer) | (FirstOfItsKind, FirstOfItsKind) | (Irreversible, Irreversible) => true,
        (TemplateNotIn { templates: given }, TemplateNotIn { templates: wanted }) => wanted.is_subset(given),
        (CountOver { limit: given, window }, CountOver { limit: wanted, window: counted }) => {
            given >= wanted && are_one(window, counted, action)
        }
        (SumOver { limit: given, window }, SumOver { limit: wanted, window: counted }) => {
            given.currency == wanted.currency && given.minor >= wanted.minor && are_one(window, counted, action)
        }
        _ => false,
    }
}

/// Whether two windows count the same requests when this action is judged.
fn are_one(one: &WindowSpec, other: &WindowSpec, action: &ActionType) -> bool {
    fn counted<'a>(spec: &'a WindowSpec, action: &'a ActionType) -> BTreeSet<&'a String> {
        if spec.actions.is_empty() { [&action.name].into() } else { spec.actions.iter().collect() }
    }
    one.per == other.per
        && one.within_s == other.within_s
        && one.trust_agent == other.trust_agent
        && counted(one, action) == counted(other, action)
}
