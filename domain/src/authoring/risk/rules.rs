//! Layer 3: rules that do less than they say, or more.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    Code, Review, Risk,
    cover::{self, Never},
    queues, risk,
    words::{all_of, every, failures},
};
use crate::{
    action::ActionType,
    authoring::statement::{Given, Statement},
    money::Currency,
    part::Part,
    permission::{AppliesTo, Condition, Field, Limit, Per, Rule},
    sentence::about,
    statement,
};

pub(super) fn risks(review: &Review<'_>) -> Vec<Risk> {
    let thresholds = &review.set.approval_thresholds;
    let mut found = Vec::new();
    for (at, rule) in thresholds.rules.iter().enumerate().filter(|(_, rule)| !rule.off) {
        let part = || Part::Rule { id: rule.id.clone() };
        let about = asking_risks(review, at, rule).into_iter().chain(queues::risks(review, at, rule));
        found.extend(about.map(|(code, said)| risk(code, part(), said)));
    }
    if !thresholds.rules.is_empty() && thresholds.in_force().next().is_none() {
        let said = statement!("all_switched_off", "Every rule is switched off, so nobody is asked.");
        found.push(risk(Code::AllSwitchedOff, Part::Whole, said));
    }
    let fallback = Given::new("fallback", "for what no rule is about, one is needed");
    let about = queues::able(review, &thresholds.queue, 1, fallback).into_iter();
    let about = about.chain(queues::long_wait(thresholds.within_s));
    found.extend(about.map(|(code, said)| risk(code, Part::Fallback, said)));
    found
}

/// What is to be said of when a rule asks.
fn asking_risks(review: &Review<'_>, at: usize, rule: &Rule) -> Vec<(Code, Statement)> {
    let covered: Vec<&ActionType> = review.allowed.iter().filter(|a| rule.applies_to.covers(a)).copied().collect();
    if covered.is_empty() {
        let said = statement!("never_asks.of_nothing", "This rule never asks: nothing that it applies to is allowed.");
        return vec![(Code::NeverAsks, said)];
    }
    if let Some(said) = never_asks(review, rule, &covered) {
        return vec![(Code::NeverAsks, said)];
    }
    let mut found: Vec<(Code, Statement)> = denied_names(review, rule).into_iter().collect();
    found.extend(never_asks_of(review, rule, &covered));
    if let Some(other) = covering(review, at, rule, &covered) {
        let said = statement!(
            "adds_nothing",
            "This rule adds nothing: another one asks the same queue for all its cases, that for {other}.",
            other = Given::new(json!(other), about(other, review.names))
        );
        found.push((Code::AddsNothing, said));
    }
    let asked: Vec<&ActionType> = covered.into_iter().filter(|a| cover::can_ask(rule, a, review.set)).collect();
    found.extend(rule.when.iter().flat_map(|condition| condition_risks(review, rule, condition, &asked)));
    found
}

fn never_asks(review: &Review<'_>, rule: &Rule, covered: &[&ActionType]) -> Option<Statement> {
    let reasons: Option<Vec<Never<'_>>> = covered.iter().map(|action| cover::never(rule, action, review.set)).collect();
    let (reasons, all) = (reasons?, all_of(covered));
    let are_all = |wanted: fn(&Never<'_>) -> bool| reasons.iter().all(wanted);
    Some(match reasons.first()? {
        Never::NoAmount if are_all(|why| *why == Never::NoAmount) => {
            statement!("never_asks.no_amount", "This rule never asks: {all} have no amount.", all)
        }
        Never::CanBeUndone if are_all(|why| *why == Never::CanBeUndone) => {
            statement!("never_asks.can_be_undone", "This rule never asks: {all} can always be undone.", all)
        }
        Never::Denied(Limit::Amount { most }) if covered.len() == 1 => {
            statement!(
                "never_asks.denied_over",
                "This rule never asks: {all} of more than {most} are denied.",
                all,
                most = Given::money(most)
            )
        }
        _ if are_all(|why| matches!(why, Never::Denied(_))) => {
            statement!(
                "never_asks.denied",
                "This rule never asks: a hard limit of {all} denies all that it is about.",
                all
            )
        }
        _ => statement!("never_asks.none_fits", "This rule never asks: none of its actions can fit it."),
    })
}

/// What the rule names and never asks about, though it asks about others.
fn never_asks_of(review: &Review<'_>, rule: &Rule, covered: &[&ActionType]) -> Option<(Code, Statement)> {
    let AppliesTo::Actions(_) = &rule.applies_to else { return None };
    let without_amount = |action: &&ActionType| cover::never(rule, action, review.set) == Some(Never::NoAmount);
    let without: Vec<&ActionType> = covered.iter().copied().filter(without_amount).collect();
    let said = || {
        statement!("never_asks_of", "This rule never asks about {all}: they have no amount.", all = all_of(&without))
    };
    (!without.is_empty()).then(|| (Code::NeverAsksOf, said()))
}

fn denied_names(review: &Review<'_>, rule: &Rule) -> Option<(Code, Statement)> {
    let AppliesTo::Actions(actions) = &rule.applies_to else { return None };
    let denied = actions.iter().filter(|name| review.set.action_scope.deny.contains(*name));
    let labels: Vec<Given> = denied.map(|name| Given::called(&review.names.actions, name)).collect();
    if labels.is_empty() {
        return None;
    }
    let said = statement!(
        "denied_anyway.rule",
        "This rule also names what is denied: {denied}.",
        denied = Given::list(labels, "and")
    );
    Some((Code::DeniedAnyway, said))
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
) -> Vec<(Code, Statement)> {
    let mut found = other_currency(review, rule, condition, covered);
    if of_customer(condition) {
        let others: Vec<&ActionType> = covered.iter().filter(|action| !action.for_customer).copied().collect();
        if !others.is_empty() {
            let said = statement!(
                "always_asks.no_customer",
                "There is no customer for {all}: {so}.",
                all = all_of(&others),
                so = as_if_true(rule, &others)
            );
            found.push((Code::AlwaysAsks, said));
        }
    }
    if review.catalog.knows_customers == Some(false) && rests_on_the_brand(condition) {
        let said = statement!(
            "always_asks.no_customers_known",
            "Reins knows no customers yet (`reins customer sync` names them): {so}.",
            so = as_if_true(rule, covered)
        );
        found.push((Code::AlwaysAsks, said));
    }
    let needs_template = !review.set.audit_logging.require.contains(&Field::Template);
    match condition {
        Condition::FirstOfItsKind if needs_template => found.push((
            Code::AlwaysAsks,
            statement!(
                "always_asks.first_template",
                "Layer 4 does not require a template: a request without one counts as the first of its kind."
            ),
        )),
        Condition::TemplateNotIn { .. } if needs_template => found.push((
            Code::AlwaysAsks,
            statement!(
                "always_asks.other_template",
                "Layer 4 does not require a template: a request without one counts as having another."
            ),
        )),
        Condition::FirstOrder { trust_agent: true }
        | Condition::LifetimeValueOver { trust_agent: true, .. }
        | Condition::OpenComplaint { trust_agent: true } => found.push((
            Code::AgentsWord,
            statement!(
                "agents_word.customer",
                "The agent's own word about the customer is enough here: a wrong one lets it through."
            ),
        )),
        Condition::CountOver { window, .. } | Condition::SumOver { window, .. } if window.trust_agent => {
            found.push((Code::AgentsWord, failures()));
        }
        Condition::Touches { topics } => {
            let unknown: Vec<&String> = topics.iter().filter(|topic| !review.catalog.has_words_for(topic)).collect();
            if !unknown.is_empty() {
                let said = statement!(
                    "agents_word.topics",
                    "The shop has no words for {topics}: only the agent says whether it touches on it.",
                    topics = Given::list(unknown.into_iter().map(|topic| Given::name(topic)), "or")
                );
                found.push((Code::AgentsWord, said));
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
) -> Vec<(Code, Statement)> {
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
                let said = statement!(
                    "other_currency.rule",
                    "The amount limit is in {limit}, but {all} are in {only}: {so}.",
                    limit,
                    all = all_of(&actions),
                    only,
                    so = as_if_true(rule, &actions)
                );
                found.push((Code::OtherCurrency, said));
            }
            let free = |action: &&ActionType| action.fixed_currency().is_none();
            let free: Vec<&ActionType> = with_amount.iter().copied().filter(free).collect();
            if is_unused(&limit) && !free.is_empty() {
                let said = statement!(
                    "always_asks.currency",
                    "The amount limit is in {limit}, which no action of the shop is fixed to: of an amount in another \
                     currency, {so}.",
                    limit,
                    so = as_if_true(rule, &free)
                );
                found.push((Code::AlwaysAsks, said));
            }
            found
        }
        Condition::LifetimeValueOver { limit, .. } if is_unused(&limit.currency) => {
            let said = statement!(
                "always_asks.lifetime_value",
                "The lifetime value is in {currency}, which no action of the shop is fixed to: where the customer’s is in \
                 another currency, {so}.",
                currency = limit.currency,
                so = as_if_true(rule, covered)
            );
            vec![(Code::AlwaysAsks, said)]
        }
        _ => Vec::new(),
    }
}

/// What follows where a condition can never be known.
fn as_if_true(rule: &Rule, actions: &[&ActionType]) -> Given {
    let alone = rule.when.len() == 1;
    let words = match alone {
        true => format!("{} will be asked", every(actions)),
        false => format!("this counts as true of {}", every(actions)),
    };
    Given::new(json!([alone, all_of(actions).value]), words)
}
