//! What holds of every decision, whatever is asked under whatever rules.

#![expect(clippy::unwrap_used, reason = "a test that cannot make its case has failed")]

mod arbitrary;
mod editing;
mod readiness;
mod reading;
mod risks;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    action::DATA_READ,
    agent::{Mode, Stopped},
    decision::{Need, Prepared, Verdict},
    money::Currency,
    permission::{Allowance, Field, Limit, Otherwise, Per, PermissionSet, Rule, Scope, WindowSpec},
    request::{Ask, Customer, Read},
    sentence::{Names, why},
    window::{Usage, Window, locks_for, windows_for},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use arbitrary::*;
use support::{AGENT, Case};

impl Case {
    fn verdict(&self) -> Verdict {
        self.decide().verdict
    }

    /// The answer, or in shadow what it would have been.
    fn judged(&self) -> Verdict {
        match self.verdict() {
            Verdict::Shadowed { would } => *would,
            verdict => verdict,
        }
    }

    /// Whether this is at least as strict an answer as that of `other`, in shadow and out of it.
    fn is_no_laxer_than(&self, other: &Self) -> bool {
        self.verdict().strictness() >= other.verdict().strictness()
            && self.judged().strictness() >= other.judged().strictness()
    }

    fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    fn but_set(&self, change: impl FnOnce(&mut PermissionSet)) -> Self {
        self.but(|case| {
            if let Some(set) = &mut case.permissions {
                change(set);
            }
        })
    }
}

proptest! {
    #[test]
    fn the_same_input_gives_the_same_answer(case in any_case()) {
        prop_assert_eq!(case.decide(), case.clone().decide());
    }

    #[test]
    fn stopped_beats_all(case in any_case()) {
        let stopped = case.but(|case| case.stopped = Some(Stopped::ThisAgent));
        prop_assert_eq!(stopped.verdict(), Verdict::Stopped);
    }

    #[test]
    fn an_open_breaker_never_hides_a_denial_and_never_lets_through(case in any_case()) {
        let open = case.but(|case| case.breaker_open = true);
        let closed = case.but(|case| case.breaker_open = false);
        prop_assert!(open.is_no_laxer_than(&closed));
        prop_assert_eq!(open.judged() == Verdict::Denied, closed.judged() == Verdict::Denied);
    }

    #[test]
    fn shadow_never_grants(case in any_case()) {
        let agent = case.but(|case| case.mode = Mode::Shadow);
        prop_assert!(["shadowed", "stopped"].contains(&agent.verdict().name()));

        let name = case.ask.action.clone();
        let action = case.but_set(|set| set.action_scope.allow.entry(name).or_default().shadow = true);
        prop_assert!(!["allowed", "needs_approval"].contains(&action.verdict().name()));
    }

    #[test]
    fn what_is_granted_is_live_listed_and_not_denied(case in any_case()) {
        if matches!(case.verdict(), Verdict::Allowed | Verdict::NeedsApproval { .. }) {
            let scope = case.permissions.map(|set| set.action_scope).unwrap_or_default();
            prop_assert!(case.mode == Mode::Live && case.stopped.is_none());
            prop_assert!(scope.allow.contains_key(&case.ask.action) && !scope.deny.contains(&case.ask.action));
        }
    }

    #[test]
    fn what_asks_a_person_asks_at_least_one(case in any_case()) {
        if let Verdict::NeedsApproval { needs } = case.judged() {
            prop_assert!(!needs.is_empty() && needs.iter().all(|need| need.needed >= 1 && !need.rules.is_empty()));
            prop_assert!(!domain::standing::are_met(&needs, &[]));
        }
    }

    #[test]
    fn an_answer_other_than_yes_says_why(case in any_case()) {
        let decision = case.decide();
        prop_assert_eq!(case.stopped.is_none() && case.judged() == Verdict::Allowed, decision.reasons.is_empty());
    }

    #[test]
    fn a_denial_is_never_lost_by_an_allowance(
        case in any_case(), allowance in allowance(), scope in select(vec![Scope::ThisCustomer, Scope::All]),
    ) {
        let allowed = case.but_set(|set| {
            let PermissionSet { data_access, action_scope, .. } = set;
            action_scope.allow.extend(action_scope.deny.iter().map(|name| (name.clone(), allowance.clone())));
            data_access.read.extend(data_access.deny.iter().map(|name| (name.clone(), scope)));
        });
        prop_assert_eq!(allowed.verdict(), case.verdict());
    }

    #[test]
    fn more_rules_limits_denials_and_tightenings_are_never_laxer(
        case in any_case(), rule in any::<bool>().prop_flat_map(rule), limit in limit(), tightening in tightening(),
        denied in action(), denied_read in data_set(), required in field(), at in 0..4_usize,
    ) {
        let with_rule = case.but_set(|set| {
            let rules = &mut set.approval_thresholds.rules;
            rules.insert(at.min(rules.len()), rule);
        });
        prop_assert!(asks_no_less(&with_rule.judged(), &case.judged()), "{with_rule:?}");
        let with_limit = case.but_set(|set| {
            // A limit that brings another currency in takes amounts in that one.
            let brings_none = |limits: &[Limit]| limits.iter().all(|known| currency_of(known) == currency_of(&limit));
            let allowed = set.action_scope.allow.values_mut().filter(|allowance| brings_none(&allowance.limits));
            allowed.for_each(|allowance| allowance.limits.push(limit.clone()));
        });
        let stricter = [
            with_rule,
            with_limit,
            case.but(|case| case.tightenings.push(tightening)),
            case.but_set(|set| set.data_access.deny.extend([denied_read.clone()])),
            case.but_set(|set| set.data_access.read.retain(|name, _| *name != denied_read)),
            case.but_set(|set| set.audit_logging.require.extend([required])),
        ];
        for stricter in stricter {
            prop_assert!(stricter.is_no_laxer_than(&case), "{stricter:?}");
        }
        // An action that is denied or taken off the list is denied, whether it was in shadow or not.
        let gone = [
            case.but_set(|set| set.action_scope.deny.extend([denied.clone()])),
            case.but_set(|set| set.action_scope.allow.retain(|name, _| *name != denied)),
        ];
        for gone in gone {
            prop_assert!(gone.judged().strictness() >= case.judged().strictness(), "{gone:?}");
        }
    }

    /// The agent's silence never helps it where the brand says nothing of the customer and no rule trusts the agent.
    ///
    /// `reads` are not among these: a forbidden data set that is neither declared nor the action type's own is not seen.
    /// With brand facts, a stricter word of the agent counts, so dropping it gives the brand's back.
    #[test]
    fn dropping_a_field_is_never_laxer(case in case(false, true)) {
        for pointer in [
            "/customer", "/customer/orders", "/customer/lifetime_value", "/customer/open_complaints", "/topics",
            "/template", "/trigger", "/input", "/reasoning", "/output", "/model", "/prompt_version", "/agent_version",
        ] {
            let silent = case.but(|case| case.ask = without(&case.ask, pointer));
            prop_assert!(silent.is_no_laxer_than(&case), "{pointer}");
        }
    }

    /// Topics are not among these: that none is touched is the agent's word, unless the brand's words are found.
    /// Nor is the template: that one is listed as low-stakes, or has succeeded before, is trust in its name.
    #[test]
    fn a_better_word_of_the_agent_alone_is_never_laxer(
        case in case(false, true), orders in 0..9_u32, value in money(), open_complaints in 0..2_u32,
    ) {
        let change = |change: &dyn Fn(&mut Customer)| case.but(|case| case.ask.customer.iter_mut().for_each(change));
        for flattered in [
            change(&|customer| customer.orders = Some(orders)),
            change(&|customer| customer.lifetime_value = Some(value)),
            change(&|customer| customer.open_complaints = Some(open_complaints)),
        ] {
            prop_assert!(flattered.is_no_laxer_than(&case.but(|case| case.ask = said_nothing(&case.ask))));
            prop_assert_eq!(flattered.verdict().strictness(), case.verdict().strictness());
        }
    }

    /// With brand facts or without, what an untrusted agent says of its customer is at least as strict as silence.
    #[test]
    fn what_the_agent_says_of_its_customer_only_makes_it_stricter(case in case(false, false)) {
        prop_assert!(case.is_no_laxer_than(&case.but(|case| case.ask = said_nothing(&case.ask))));
    }

    #[test]
    fn what_is_said_to_be_read_never_takes_the_place_of_what_the_type_rests_on(case in any_case()) {
        let case = case.but_set(|set| set.audit_logging.require.retain(|field| *field != Field::Reads));
        let silent = case.but(|case| case.ask.reads = None);
        prop_assert!(case.ask.action == DATA_READ || case.is_no_laxer_than(&silent));
    }

    #[test]
    fn absent_reads_count_as_those_of_the_type(case in any_case()) {
        let Some(action) = &case.action else { return Ok(()) };
        let subject = case.ask.customer.as_ref().map(|customer| customer.id.clone());
        let reads = action.data_sets.iter().map(|name| Read { data_set: name.clone(), subject: subject.clone() }).collect();
        let may_be_absent = |set: &mut PermissionSet| set.audit_logging.require.retain(|field| *field != Field::Reads);
        let said = case.but_set(may_be_absent).but(|case| case.ask.reads = Some(reads));
        for silent in [None, Some(vec![])] {
            let silent = case.but_set(may_be_absent).but(|case| case.ask.reads = silent);
            prop_assert_eq!(silent.verdict(), said.verdict());
        }
    }

    #[test]
    fn a_rule_that_is_switched_off_counts_for_nothing(case in any_case(), at in 0..4_usize, rule in rule(true)) {
        let switched_off = case.but_set(|set| {
            let rules = &mut set.approval_thresholds.rules;
            rules.insert(at.min(rules.len()), Rule { off: true, ..rule });
        });
        prop_assert_eq!(switched_off.decide(), case.decide());
        if let (Some(action), Some(set), Some(with)) = (&case.action, &case.permissions, &switched_off.permissions) {
            prop_assert_eq!(windows_for(AGENT, &case.ask, action, with), windows_for(AGENT, &case.ask, action, set));
            prop_assert_eq!(locks_for(&case.ask, action, with), locks_for(&case.ask, action, set));
        }
    }

    #[test]
    fn every_window_that_is_looked_at_is_asked_for(
        case in any_case(), others in vec((window_spec(), option::of(person()), usage()), 0..9),
    ) {
        let (Some(action), Some(set)) = (&case.action, &case.permissions) else { return Ok(()) };
        let asked = windows_for(AGENT, &case.ask, action, set);
        let others = others.into_iter().map(|(spec, customer, usage)| {
            (Window { agent: AGENT, customer, actions: spec.actions, within_s: spec.within_s, trust_agent: spec.trust_agent }, usage)
        });
        let others: BTreeMap<Window, Usage> = others.filter(|(window, _)| !asked.contains(window)).collect();
        prop_assert_eq!(case.but(|case| case.facts.windows.extend(others)).decide(), case.decide());
    }

    #[test]
    fn who_counts_in_a_window_and_who_reads_it_share_a_lock(
        set in permissions(false),
        (reader, read_by) in ask().prop_flat_map(|ask| (action_type(ask.action.clone()), Just(ask))),
        (writer, written_by) in ask().prop_flat_map(|ask| (action_type(ask.action.clone()), Just(ask))),
    ) {
        let customer = written_by.customer_id().map(str::to_owned);
        let counts = |window: &Window| {
            window.actions.contains(&written_by.action) && window.counts(customer.as_deref())
        };
        if windows_for(AGENT, &read_by, &reader, &set).iter().any(counts) {
            let (one, other) = (locks_for(&read_by, &reader, &set), locks_for(&written_by, &writer, &set));
            prop_assert!(!one.is_disjoint(&other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn requests_one_after_the_other_never_pass_a_cap(
        case in case(false, true), amounts in vec(money(), 1..20), most in 0..6_u32, most_money in money(),
        per in select(vec![Per::Customer, Per::Agent]),
    ) {
        let window = WindowSpec { per, within_s: 60, actions: BTreeSet::new(), trust_agent: false };
        let limits = vec![
            Limit::Count { most, window: window.clone() },
            Limit::Sum { most: most_money, window: window.clone() },
        ];
        let name = case.ask.action.clone();
        let mut case = case.but_set(|set| drop(set.action_scope.allow.insert(name, Allowance { shadow: false, limits })));
        let Some(window) = window.of(AGENT, &case.ask) else { return Ok(()) };

        let mut used = Usage::default();
        for amount in amounts {
            case.ask.arguments = json!({"total": amount});
            case.facts.windows.insert(window.clone(), used.clone());
            if matches!(case.verdict(), Verdict::Allowed | Verdict::NeedsApproval { .. }) {
                used.add(case.action.as_ref().and_then(|action| action.amount_in(&case.ask.arguments)));
            }
        }
        prop_assert!(used.count <= most);
        prop_assert!(used.sum_in(most_money.currency).is_some_and(|sum| sum <= most_money.minor));
    }

    #[test]
    fn a_prepared_set_knows_the_rules_that_apply_and_no_others(
        set in any::<bool>().prop_flat_map(permissions),
        action in action().prop_flat_map(action_type),
    ) {
        let names = Names::default();
        let applying = set.approval_thresholds.in_force().filter(|rule| rule.applies_to.covers(&action));
        let plain: Vec<_> = applying.map(|rule| (rule.clone(), why(rule, &names))).collect();
        let prepared = Prepared::new(set.clone(), &names);
        let found: Vec<_> = prepared.rules_for(&action).map(|said| (said.what.clone(), said.words.clone())).collect();
        prop_assert_eq!(found, plain);
        prop_assert_eq!(&*prepared, &set);
    }

    #[test]
    fn a_permission_set_survives_json_and_fits_into_toml(set in any::<bool>().prop_flat_map(permissions)) {
        let value = serde_json::to_value(&set)?;
        prop_assert_eq!(&serde_json::from_value::<PermissionSet>(value.clone())?, &set);
        prop_assert_eq!(&serde_json::from_slice::<PermissionSet>(&serde_json::to_vec(&set)?)?, &set);
        prop_assert!(!holds_null(&value), "TOML has no null: {value}");
    }

    #[test]
    fn a_permission_set_can_always_be_said(set in any::<bool>().prop_flat_map(permissions)) {
        let said = domain::sentence::permission_set(&set, &Default::default());
        for sentence in [said.data_access, said.action_scope, said.approval_thresholds, said.audit_logging].concat() {
            prop_assert!(sentence.ends_with('.') && !sentence.contains("  ") && !sentence.contains(".."), "{sentence}");
        }
    }
}

/// Whether each queue that `before` asks is asked for as many people, in as short a time, with as hard an end.
fn asks_no_less(after: &Verdict, before: &Verdict) -> bool {
    let (Verdict::NeedsApproval { needs: after }, Verdict::NeedsApproval { needs: before }) = (after, before) else {
        return true;
    };
    let no_less = |one: &Need, other: &Need| {
        one.queue == other.queue
            && one.needed >= other.needed
            && one.within_s <= other.within_s
            && (one.otherwise == other.otherwise || one.otherwise == Otherwise::Reject)
    };
    before.iter().all(|other| after.iter().any(|one| no_less(one, other)))
}

/// The request as if the agent had not said what is at this pointer.
fn without(ask: &Ask, pointer: &str) -> Ask {
    let mut value = serde_json::to_value(ask).unwrap();
    if let Some((parent, name)) = pointer.rsplit_once('/')
        && let Some(Value::Object(members)) = value.pointer_mut(parent)
    {
        members.remove(name);
    }
    serde_json::from_value(value).unwrap()
}

/// The request with nothing said of its customer but who it is.
fn said_nothing(ask: &Ask) -> Ask {
    let mut ask = ask.clone();
    ask.customer =
        ask.customer.map(|c| Customer { id: c.id, orders: None, lifetime_value: None, open_complaints: None });
    ask
}

fn holds_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.iter().any(holds_null),
        Value::Object(members) => members.values().any(holds_null),
        _ => false,
    }
}

fn currency_of(limit: &Limit) -> Option<Currency> {
    match limit {
        Limit::Amount { most } | Limit::Sum { most, .. } => Some(most.currency),
        Limit::Count { .. } => None,
    }
}
