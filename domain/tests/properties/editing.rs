//! What holds of every edit of every draft.

use domain::{
    authoring::{
        difference::{Difference, What, differences},
        edit::{ActionStanding, Change, DataStanding, Direction, Edit},
    },
    part::{Part, Piece},
    permission::PermissionSet,
};
use proptest::{prelude::*, sample::select};

use crate::arbitrary::*;

proptest! {
    #[test]
    fn what_stood_there_before_undoes_an_edit(set in named_apart(), change in change()) {
        let Some(part) = change.part() else { return Ok(()) };
        let before = set.piece(&part);
        let Ok(after) = set.apply(&Edit { seen: Some(before.seen()), change }) else { return Ok(()) };

        let undo = Edit { seen: Some(after.piece(&part).seen()), change: Change::Put { piece: before } };
        prop_assert_eq!(in_order(after.apply(&undo).unwrap()), in_order(set));
    }

    #[test]
    fn a_rule_that_was_added_can_be_removed_and_one_that_was_moved_can_be_moved_back(
        set in named_apart(), rule in rule(true), id in "[a-c]",
    ) {
        let added = set.apply(&Edit { seen: None, change: Change::AddRule { rule: Box::new(rule) } }).unwrap();
        let ids = |set: &PermissionSet| set.approval_thresholds.rules.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
        if let Some(new) = ids(&added).into_iter().find(|id| !ids(&set).contains(id)) {
            let seen = added.piece(&Part::Rule { id: new.clone() }).seen();
            let remove = Change::Put { piece: Piece::Rule { id: new, rule: None } };
            prop_assert_eq!(added.apply(&Edit { seen: Some(seen), change: remove }).unwrap(), set.clone());
        }

        let moved = |set: &PermissionSet, to| set.apply(&Edit { seen: None, change: Change::MoveRule { id: id.clone(), to } });
        if let Ok(up) = moved(&set, Direction::Up) && up != set {
            prop_assert_eq!(moved(&up, Direction::Down).unwrap(), set);
        }
    }

    #[test]
    fn edits_of_different_parts_never_meet(set in named_apart(), one in change(), other in change()) {
        let (Some(part), Some(other_part)) = (one.part(), other.part()) else { return Ok(()) };
        if part == other_part || part == Part::Whole || other_part == Part::Whole {
            return Ok(());
        }
        let one = Edit { seen: Some(set.piece(&part).seen()), change: one };
        let other = Edit { seen: Some(set.piece(&other_part).seen()), change: other };
        let (first, second) = (set.apply(&one), set.apply(&other));
        if let (Ok(first), Ok(second)) = (first, second) {
            prop_assert_eq!(in_order(first.apply(&other).unwrap()), in_order(second.apply(&one).unwrap()));
        }
    }

    #[test]
    fn an_edit_survives_json(change in change()) {
        let edit = Edit { seen: None, change };
        prop_assert_eq!(serde_json::from_slice::<Edit>(&serde_json::to_vec(&edit)?)?, edit);
    }
}

/// A set whose rules have different ids, as one that can be published has.
pub fn named_apart() -> impl Strategy<Value = PermissionSet> {
    permissions(true).prop_map(|mut set| {
        let rules = &mut set.approval_thresholds.rules;
        rules.sort_by(|one, other| one.id.cmp(&other.id));
        rules.dedup_by(|one, other| one.id == other.id);
        set
    })
}

/// The set with its rules in the order of their ids: an edit may put one last.
fn in_order(mut set: PermissionSet) -> PermissionSet {
    set.approval_thresholds.rules.sort_by(|one, other| one.id.cmp(&other.id));
    set
}

fn change() -> impl Strategy<Value = Change> {
    use {ActionStanding as A, DataStanding as D};
    let piece = (named_apart(), part()).prop_map(|(set, part)| Change::Put { piece: set.piece(&part) });
    let data_set = (data_set(), select(vec![D::NotListed, D::ThisCustomer, D::All, D::Denied]));
    let standing = (action(), select(vec![A::NotListed, A::Allowed, A::Shadow, A::Denied]));
    let id = || "[a-c]";
    prop_oneof![
        4 => piece,
        1 => data_set.prop_map(|(name, standing)| Change::DataSet { name, standing }),
        1 => standing.prop_map(|(name, standing)| Change::Action { name, standing }),
        1 => (action(), limit()).prop_map(|(action, limit)| Change::AddLimit { action, limit }),
        1 => (action(), limit(), limit()).prop_map(|(action, was, limit)| Change::ReplaceLimit { action, was, limit }),
        1 => (action(), limit()).prop_map(|(action, was)| Change::RemoveLimit { action, was }),
        1 => rule(true).prop_map(|rule| Change::AddRule { rule: Box::new(rule) }),
        1 => id().prop_map(|id| Change::CopyRule { id }),
        1 => (id(), any::<bool>()).prop_map(|(id, off)| Change::SwitchRule { id, off }),
        1 => (id(), condition(true)).prop_map(|(rule, condition)| Change::AddCondition { rule, condition }),
        1 => (id(), 0..2_usize, condition(true))
            .prop_map(|(rule, at, condition)| Change::ReplaceCondition { rule, at, condition }),
        1 => (id(), 0..2_usize).prop_map(|(rule, at)| Change::RemoveCondition { rule, at }),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        data_set().prop_map(|name| Part::DataSet { name }),
        action().prop_map(|name| Part::Action { name }),
        "[a-c]".prop_map(|id| Part::Rule { id }),
        select(vec![Part::Fallback, Part::Record, Part::Require, Part::Mask, Part::KeepDays, Part::Whole]),
    ]
}

proptest! {
    #[test]
    fn sets_between_which_nothing_differs_are_one(
        set in named_apart(), other in named_apart(), parts in proptest::collection::vec(part(), 0..3), case in any_case(),
    ) {
        let names = Default::default();
        prop_assert_eq!(differences(&set, &set, &names), []);

        let mut changed = set.clone();
        parts.iter().filter(|part| **part != Part::Whole).for_each(|part| changed.put(other.piece(part)));
        let found = differences(&set, &changed, &names);
        let was_changed = |one: &Difference| parts.contains(&one.part) || matches!(one.what, What::Moved { .. });
        prop_assert!(found.iter().all(was_changed), "{:?}", found);
        if found.is_empty() {
            let with = |set: &PermissionSet| case.but(|case| case.permissions = Some(set.clone())).decide();
            prop_assert_eq!(with(&changed), with(&set));
        }
    }
}
