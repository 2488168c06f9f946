//! Layer 3: rules that do less than they say, or more.

use std::collections::BTreeSet;

use super::{
    Code, Review, Risk,
    cover::{self, Never},
    queues, risk,
    words::{FAILURES, all_of, every},
};
use crate::{
    action::ActionType,
    money::Currency,
    part::Part,
    permission::{AppliesTo, Condition, Field, Limit, Per, Rule},
    sentence::{about, called, list, value},
};

pub(super) fn risks(review: &Review<'_>) -> Vec<Risk> {
    let thresholds = &review.set.approval_thresholds;
    let mut found = Vec::new();
    for (at, rule) in thresholds.rules.iter().enumerate().filter(|(_, rule)| !rule.off) {
        let part = || Part::Rule { id: rule.id.clone() };
        let about = asking_risks(review, at, rule).into_iter().chain(queues::risks(review, at, rule));
        found.extend(about.map(|(code, sentence)| risk(code, part(), sentence)));
    }
    if !thresholds.rules.is_empty() && thresholds.in_force().next().is_none() {
        let sentence = "Every rule is switched off, so nobody is asked.";
        found.push(risk(Code::AllSwitchedOff, Part::Whole, sentence));
    }
    let fallback = "for what no rule is about, one is needed";
    let about = queues::able(review, &thresholds.queue, 1, fallback).into_iter();
    let about = about.chain(queues::long_wait(thresholds.within_s));
    found.extend(about.map(|(code, text)| risk(code, Part::Fallback, text)));
    found
}

/// What is to be said of when a rule asks.
fn asking_risks(review: &Review<'_>, at: usize, rule: &Rule) -> Vec<(Code, String)> {
    let covered: Vec<&ActionType> = review.allowed.iter().filter(|a| rule.applies_to.covers(a)).copied().collect();
    if covered.is_empty() {
        let text = "This rule never asks: nothing that it applies to is allowed.";
        return vec![(Code::NeverAsks, text.to_owned())];
    }
    if let Some(text) = never_asks(review, rule, &covered) {
        return vec![(Code::NeverAsks, text)];
    }
    let mut found: Vec<(Code, String)> = denied_names(review, rule).into_iter().collect();
    found.extend(never_asks_of(review, rule, &covered));
    if let Some(other) = covering(review, at, rule, &covered) {
        let about = about(other, review.names);
        let text =
            format!("This rule adds nothing: another one asks the same queue for all its cases, that for {about}.");
        found.push((Code::AddsNothing, text));
    }
    let asked: Vec<&ActionType> = covered.into_iter().filter(|a| cover::can_ask(rule, a, review.set)).collect();
    found.extend(rule.when.iter().flat_map(|condition| condition_risks(review, rule, condition, &asked)));
    found
}

fn never_asks(review: &Review<'_>, rule: &Rule, covered: &[&ActionType]) -> Option<String> {
    let reasons: Option<Vec<Never<'_>>> = covered.iter().map(|action| cover::never(rule, action, review.set)).collect();
    let (reasons, all) = (reasons?, all_of(covered));
    let are_all = |wanted: fn(&Never<'_>) -> bool| reasons.iter().all(wanted);
    Some(match reasons.first()? {
        Never::NoAmount if are_all(|why| *why == Never::NoAmount) => {
            format!("This rule never asks: {all} have no amount.")
        }
        Never::CanBeUndone if are_all(|why| *why == Never::CanBeUndone) => {
            format!("This rule never asks: {all} can always be undone.")
        }
        Never::Denied(Limit::Amount { most }) if covered.len() == 1 => {
            format!("This rule never asks: {all} of more than {} are denied.", most.readable())
        }
        _ if are_all(|why| matches!(why, Never::Denied(_))) => {
            format!("This rule never asks: a hard limit of {all} denies all that it is about.")
        }
        _ => "This rule never asks: none of its actions can fit it.".to_owned(),
    })
}

/// What the rule names and never asks about, though it asks about others.
fn never_asks_of(review: &Review<'_>, rule: &Rule, covered: &[&ActionType]) -> Option<(Code, String)> {
    let AppliesTo::Actions(_) = &rule.applies_to else { return None };
    let without_amount = |action: &&ActionType| cover::never(rule, action, review.set) == Some(Never::NoAmount);
    let without: Vec<&ActionType> = covered.iter().copied().filter(without_amount).collect();
    let text = || format!("This rule never asks about {}: they have no amount.", all_of(&without));
    (!without.is_empty()).then(|| (Code::NeverAsksOf, text()))
}

fn denied_names(review: &Review<'_>, rule: &Rule) -> Option<(Code, String)> {
    let AppliesTo::Actions(actions) = &rule.applies_to else { return None };
    let denied = actions.iter().filter(|name| review.set.action_scope.deny.contains(*name));
    let labels: Vec<String> = denied.map(|name| called(&review.names.actions, name)).collect();
    let text = || format!("This rule also names what is denied: {}.", list(&labels, "and"));
    (!labels.is_empty()).then(|| (Code::DeniedAnyway, text()))
}

/// A rule that makes this one superfluous; of two that say the same, the later is.
fn covering<'a>(review: &Review<'a>, at: usize, rule: &Rule, covered: &[&ActionType]) -> Option<&'a Rule> {
    let set = review.set;
    let others = set.approval_thresholds.rules.iter().enumerate().filter(|(_, other)| !other.off);
    let mut others = others.filter(|(place, other)| {
        *place != at
            && cover::adds_nothing(rule, other, covered, set)
            && (*place < at || !cover::adds_nothing(other, rule, &review.allowed, set))
    });
    others.next().map(|(_, other)| other)
}

fn condition_risks(
    review: &Review<'_>,
    rule: &Rule,
    condition: &Condition,
    covered: &[&ActionType],
) -> Vec<(Code, String)> {
    let mut found = other_currency(review, rule, condition, covered);
    if of_customer(condition) {
        let others: Vec<&ActionType> = covered.iter().filter(|action| !action.for_customer).copied().collect();
        if !others.is_empty() {
            let so = as_if_true(rule, &others);
            found.push((Code::AlwaysAsks, format!("There is no customer for {}: {so}.", all_of(&others))));
        }
    }
    if review.catalog.knows_customers == Some(false) && rests_on_the_brand(condition) {
        let so = as_if_true(rule, covered);
        let text = format!("Reins knows no customers yet (`reins customer sync` names them): {so}.");
        found.push((Code::AlwaysAsks, text));
    }
    let needs_template = !review.set.audit_logging.require.contains(&Field::Template);
    match condition {
        Condition::FirstOfItsKind if needs_template => found.push((
            Code::AlwaysAsks,
            "Layer 4 does not require a template: a request without one counts as the first of its kind.".to_owned(),
        )),
        Condition::TemplateNotIn { .. } if needs_template => found.push((
            Code::AlwaysAsks,
            "Layer 4 does not require a template: a request without one counts as having another.".to_owned(),
        )),
        Condition::FirstOrder { trust_agent: true }
        | Condition::LifetimeValueOver { trust_agent: true, .. }
        | Condition::OpenComplaint { trust_agent: true } => found.push((
            Code::AgentsWord,
            "The agent's own word about the customer is enough here: a wrong one lets it through.".to_owned(),
        )),
        Condition::CountOver { window, .. } | Condition::SumOver { window, .. } if window.trust_agent => {
            found.push((Code::AgentsWord, FAILURES.to_owned()));
        }
        Condition::Touches { topics } => {
            let unknown: Vec<&String> = topics.iter().filter(|topic| !review.catalog.has_words_for(topic)).collect();
            if !unknown.is_empty() {
                let topics = list(unknown.into_iter().map(|topic| value(topic)), "or");
                let text = format!("The shop has no words for {topics}: only the agent says whether it touches on it.");
                found.push((Code::AgentsWord, text));
            }
        }
        _ => {}
    }
    found
}

/// Whether it is false only where the brand says so.
fn rests_on_the_brand(condition: &Condition) -> bool {
    match condition {
        Condition::FirstOrder { trust_agent }
        | Condition::LifetimeValueOver { trust_agent, .. }
        | Condition::OpenComplaint { trust_agent } => !trust_agent,
        Condition::UnknownCustomer => true,
        _ => false,
    }
}

fn of_customer(condition: &Condition) -> bool {
    match condition {
        Condition::FirstOrder { .. }
        | Condition::LifetimeValueOver { .. }
        | Condition::OpenComplaint { .. }
        | Condition::UnknownCustomer => true,
        _ => condition.window().is_some_and(|window| window.per == Per::Customer),
    }
}

fn other_currency(
    review: &Review<'_>,
    rule: &Rule,
    condition: &Condition,
    covered: &[&ActionType],
) -> Vec<(Code, String)> {
    let in_use = review.catalog.currencies_in_use();
    let is_unused = |currency: &Currency| !in_use.is_empty() && !in_use.contains(currency);
    match condition {
        Condition::AmountOver { limit } | Condition::SumOver { limit, .. } => {
            let limit = limit.currency;
            let mut found = Vec::new();
            let with_amount: Vec<&ActionType> = covered.iter().filter(|a| a.amount.is_some()).copied().collect();
            let fixed: BTreeSet<Currency> = with_amount.iter().filter_map(|action| action.fixed_currency()).collect();
            for only in fixed.into_iter().filter(|currency| *currency != limit) {
                let is_in_it = |action: &&ActionType| action.fixed_currency() == Some(only);
                let actions: Vec<&ActionType> = with_amount.iter().copied().filter(is_in_it).collect();
                let (all, so) = (all_of(&actions), as_if_true(rule, &actions));
                let text = format!("The amount limit is in {limit}, but {all} are in {only}: {so}.");
                found.push((Code::OtherCurrency, text));
            }
            let free = |action: &&ActionType| action.fixed_currency().is_none();
            let free: Vec<&ActionType> = with_amount.iter().copied().filter(free).collect();
            if is_unused(&limit) && !free.is_empty() {
                let so = as_if_true(rule, &free);
                let text = format!(
                    "The amount limit is in {limit}, which no action of the shop is fixed to: of an amount in another \
                     currency, {so}."
                );
                found.push((Code::AlwaysAsks, text));
            }
            found
        }
        Condition::LifetimeValueOver { limit, .. } if is_unused(&limit.currency) => {
            let (currency, so) = (limit.currency, as_if_true(rule, covered));
            let text = format!(
                "The lifetime value is in {currency}, which no action of the shop is fixed to: where the customer’s is in \
                 another currency, {so}."
            );
            vec![(Code::AlwaysAsks, text)]
        }
        _ => Vec::new(),
    }
}

/// What follows where a condition can never be known.
fn as_if_true(rule: &Rule, actions: &[&ActionType]) -> String {
    match rule.when.len() {
        1 => format!("{} will be asked", every(actions)),
        _ => format!("this counts as true of {}", every(actions)),
    }
}
