//! What is said to be superfluous is: without it, every request gets the same answer.

use domain::{
    action::ActionType,
    authoring::risk::{Code, risks},
    catalog::Catalog,
    decision::{Need, Verdict},
    part::Part,
    permission::{AppliesTo, Condition, Otherwise, PermissionSet, Rule},
    window::windows_for,
};
use proptest::{
    collection::{btree_set, vec},
    prelude::*,
    sample::select,
};

use crate::{
    arbitrary::*,
    editing::named_apart,
    support::{AGENT, Case},
};

/// Answers without the names of rules, which the removed one is among.
#[derive(Debug, PartialEq)]
enum Answer {
    Other(&'static str),
    Asked(Vec<(String, u32, u32, Otherwise)>),
}

fn answer(case: &Case) -> Answer {
    let verdict = case.decide().verdict;
    let shadowed = matches!(verdict, Verdict::Shadowed { .. });
    match verdict {
        Verdict::Shadowed { would } => match *would {
            Verdict::NeedsApproval { needs } if shadowed => Answer::Asked(asked(needs)),
            would => Answer::Other(would.name()),
        },
        Verdict::NeedsApproval { needs } => Answer::Asked(asked(needs)),
        verdict => Answer::Other(verdict.name()),
    }
}

fn asked(needs: Vec<Need>) -> Vec<(String, u32, u32, Otherwise)> {
    let mut asked: Vec<_> =
        needs.into_iter().map(|need| (need.queue, need.needed, need.within_s, need.otherwise)).collect();
    asked.sort_by(|one, other| one.0.cmp(&other.0));
    asked
}

/// A rule and a likeness of it: often the one covers the other, and as often it only seems so.
fn alike() -> impl Strategy<Value = (Rule, Rule)> {
    let change = prop_oneof![
        Just(Change::DropCondition),
        condition(true).prop_map(Change::AddCondition),
        condition(true).prop_map(Change::LikeFirst),
        btree_set(effect(), 0..4).prop_map(|effects| Change::AppliesTo(AppliesTo::Effects(effects))),
        Just(Change::AppliesTo(AppliesTo::Any)),
        (0..3_u32).prop_map(Change::Needed),
        (0..100_u32).prop_map(Change::Within),
        Just(Change::Reject),
    ];
    (rule(true), vec(change, 0..3)).prop_map(|(rule, changes)| {
        let mut other = Rule { id: "z".to_owned(), off: false, ..rule.clone() };
        changes.into_iter().for_each(|change| change.make(&mut other));
        (rule, other)
    })
}

#[derive(Clone, Debug)]
enum Change {
    DropCondition,
    AddCondition(Condition),
    /// The first condition with the bounds of another, where they are of one kind.
    LikeFirst(Condition),
    AppliesTo(AppliesTo),
    Needed(u32),
    Within(u32),
    Reject,
}

impl Change {
    fn make(self, rule: &mut Rule) {
        match self {
            Self::DropCondition => drop(rule.when.pop()),
            Self::AddCondition(condition) => rule.when.push(condition),
            Self::LikeFirst(mut like) => {
                let Some(first) = rule.when.first_mut() else { return };
                if let (
                    Condition::CountOver { window, .. } | Condition::SumOver { window, .. },
                    Condition::CountOver { window: other, .. } | Condition::SumOver { window: other, .. },
                ) = (&*first, &mut like)
                {
                    other.clone_from(window);
                }
                *first = like;
            }
            Self::AppliesTo(applies_to) => rule.applies_to = applies_to,
            Self::Needed(needed) => rule.needed = needed,
            Self::Within(within_s) => rule.within_s = within_s,
            Self::Reject => rule.otherwise = Otherwise::Reject,
        }
    }
}

fn types() -> impl Strategy<Value = Vec<ActionType>> {
    ["order.refund", "order.cancel", "message.send", domain::action::DATA_READ]
        .map(|name| action_type(name.to_owned()))
        .prop_map(|types| types.to_vec())
}

fn drafts() -> impl Strategy<Value = PermissionSet> {
    (named_apart(), vec(alike(), 1..3), any::<bool>()).prop_map(|(mut set, pairs, others)| {
        let rules = &mut set.approval_thresholds.rules;
        if !others {
            rules.clear();
        }
        for (rule, like) in pairs {
            rules.push(rule);
            rules.push(like);
        }
        for (at, rule) in rules.iter_mut().enumerate() {
            rule.id = at.to_string();
        }
        set
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_that_is_said_to_add_nothing_or_never_to_ask_can_go(
        set in drafts(), types in types(), cases in vec((case(true, false), vec(usage(), 24)), 8),
        wanted in select(vec![true, false]),
    ) {
        let catalog = Catalog { actions: types, ..Catalog::default() };
        let superfluous: Vec<String> = risks(&set, &catalog)
            .into_iter()
            .filter(|risk| matches!(risk.code, Code::AddsNothing | Code::NeverAsks))
            .filter_map(|risk| match risk.part {
                Part::Rule { id } => Some(id),
                _ => None,
            })
            .collect();
        // One of them, or all at once.
        let gone = |id: &String| if wanted { superfluous.contains(id) } else { superfluous.first() == Some(id) };
        for (mut case, usages) in cases {
            case.action = catalog.action(&case.ask.action).cloned();
            let windows = case.action.iter().flat_map(|action| windows_for(AGENT, &case.ask, action, &set));
            case.facts.windows = windows.zip(usages).collect();
            case.permissions = Some(set.clone());
            let without = case.but_set(|set| set.approval_thresholds.rules.retain(|rule| !gone(&rule.id)));
            prop_assert_eq!(answer(&without), answer(&case), "without {:?}", superfluous);
        }
    }

    #[test]
    fn every_set_can_be_reviewed(set in named_apart(), types in types()) {
        let catalog = Catalog { actions: types, ..Catalog::default() };
        for risk in risks(&set, &catalog) {
            let sentence = &risk.said.sentence;
            prop_assert!(sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
            prop_assert_eq!(risk.severity, risk.code.severity());
        }
    }
}
