//! What holds of the checklist, whatever is known of an agent.

use chrono::NaiveDate;
use domain::{
    action::Reversibility,
    permission::{Recorded, Scope},
    phase::Phase,
    readiness::{Check, Facts, Missing, Readiness, RunsOn, SHADOW_DAYS},
};
use proptest::{collection::vec, option, prelude::*};

use crate::arbitrary::{action, action_type, permissions};

fn runs_on() -> impl Strategy<Value = RunsOn> {
    let version = option::of(prop_oneof![Just("2026-07".to_owned()), Just("v3".to_owned())]);
    (0..4, version, option::of(0..800_i64), any::<bool>(), any::<bool>()).prop_map(
        |(slug, version, ends, paused, is_known)| RunsOn {
            slug: format!("system-{slug}"),
            name: if is_known { format!("System {slug}") } else { String::new() },
            version,
            ends: ends.map(day),
            paused,
        },
    )
}

fn day(number: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::TimeDelta::days(number)
}

fn sentences() -> impl Strategy<Value = Vec<String>> {
    vec(Just("Nobody who can decide is in `legal`.".to_owned()), 0..2)
}

fn facts() -> impl Strategy<Value = Facts> {
    let set = option::weighted(0.8, permissions(true));
    let actions = vec(action().prop_flat_map(action_type), 0..3);
    let numbers = (0..2_u32, 0..12_u32, 0..3_u32, 0..2_u32, 0..2_u32, 0..800_i64);
    (set, actions, vec(runs_on(), 0..3), sentences(), sentences(), numbers, any::<bool>()).prop_map(
        |(permissions, actions, integrations, short, risks, numbers, was_stopped)| {
            let (keys, shadow_days, shadowed, breaches, unknown, today) = numbers;
            Facts {
                actions: if permissions.is_some() { actions } else { Vec::new() },
                permissions,
                integrations,
                short,
                risks,
                keys,
                shadow_days,
                shadowed,
                was_stopped,
                to_settle: (breaches, unknown),
                today: day(today),
            }
        },
    )
}

/// As it is once somebody has seen to one thing; `false` where it takes permissions to be published.
fn mend(facts: &mut Facts, missing: &Missing) -> bool {
    let named = |one: &RunsOn, slug: &str| one.slug == slug;
    match missing {
        Missing::DataAccess | Missing::Actions | Missing::Rules | Missing::Logging(_)
            if facts.permissions.is_none() =>
        {
            return false;
        }
        Missing::Actions | Missing::Rules => return false,
        Missing::DataAccess => {
            let access = facts.permissions.as_mut().map(|set| &mut set.data_access);
            access.unwrap().read.insert("orders".to_owned(), Scope::All);
        }
        Missing::Logging(_) => facts.permissions.as_mut().unwrap().audit_logging.record = Recorded::default(),
        Missing::People(_) => facts.short.clear(),
        Missing::Risk(_) => facts.risks.clear(),
        Missing::Integration { slug } => {
            facts.integrations.iter_mut().filter(|one| named(one, slug)).for_each(|one| one.name = "Known".to_owned());
        }
        Missing::Pin { slug, .. } | Missing::PinEnded { slug, .. } => {
            for one in facts.integrations.iter_mut().filter(|one| named(one, slug)) {
                (one.version, one.ends) = (Some("2027-01".to_owned()), None);
            }
        }
        Missing::Paused { slug, .. } => {
            facts.integrations.iter_mut().filter(|one| named(one, slug)).for_each(|one| one.paused = false);
        }
        Missing::Undoing { action, .. } => {
            for one in facts.actions.iter_mut().filter(|one| one.name == *action) {
                one.reversibility = Reversibility::Reversible { how: "call them.".to_owned() };
            }
        }
        Missing::Key => facts.keys = 1,
        Missing::Stop => facts.was_stopped = true,
        Missing::Shadow { .. } => facts.shadow_days = SHADOW_DAYS,
        Missing::Settled { .. } => facts.to_settle = (0, 0),
    }
    true
}

fn all(facts: &Facts) -> Vec<Missing> {
    Readiness::of(facts).checks.into_iter().flat_map(|line| line.missing).collect()
}

proptest! {
    #[test]
    fn each_line_says_what_is_there_or_what_is_missing(facts in facts()) {
        let readiness = Readiness::of(&facts);
        let order: Vec<Check> = readiness.checks.iter().map(|line| line.check).collect();
        prop_assert!(order.is_sorted());
        for line in &readiness.checks {
            prop_assert_eq!(line.there.is_some(), line.missing.is_empty());
            prop_assert!(line.missing.iter().all(|one| one.check() == line.check));
            let sentences = line.missing.iter().map(Missing::sentence).chain(line.there.clone());
            for sentence in sentences {
                prop_assert!(sentence.ends_with('.') && sentence.matches('`').count() % 2 == 0, "{}", sentence);
            }
        }
        if facts.permissions.is_some() {
            prop_assert_eq!(order, Check::ALL);
        }
    }

    #[test]
    fn what_is_mended_is_missing_no_more_and_nothing_else_is(facts in facts()) {
        let before = all(&facts);
        for one in &before {
            let mut mended = facts.clone();
            if mend(&mut mended, one) {
                let after = all(&mended);
                prop_assert!(!after.contains(one), "{:?}", one);
                // What becomes known can be seen to lack a pin.
                if !matches!(one, Missing::Integration { .. }) {
                    prop_assert!(after.iter().all(|left| before.contains(left)), "{:?}: {:?}", one, after);
                }
            }
        }
    }

    #[test]
    fn carrying_out_takes_all_that_shadow_takes_and_more_takes_most(facts in facts()) {
        let readiness = Readiness::of(&facts);
        let [shadow, live, rescue, expansion] =
            Phase::ALL.map(|phase| readiness.missing_for(phase).cloned().collect::<Vec<_>>());
        for carries_out in [&live, &rescue, &expansion] {
            prop_assert!(shadow.iter().all(|one| carries_out.contains(one)));
        }
        prop_assert_eq!(expansion, all(&facts));
        prop_assert!(!rescue.iter().any(|one| one.check() == Check::Shadow));
    }
}

#[test]
fn a_new_draft_lacks_what_permissions_say_a_key_a_stop_and_days_in_shadow() {
    let sentences: Vec<String> = all(&Facts::default()).iter().map(Missing::sentence).collect();
    let expected = [
        "Nothing says what it may read.",
        "No action is allowed to it.",
        "No rule asks a person about anything that it does.",
        "Nothing says what is recorded of it.",
        "It has no key to ask with.",
        "Within the last year nobody has tried to stop and release it.",
        "It was never a day in shadow; 7 show how it decides before anything goes out.",
    ];
    assert_eq!(sentences, expected);
}
