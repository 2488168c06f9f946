//! What differs between two permission sets, in sentences.

use serde::{Deserialize, Serialize};

use crate::{
    decision::Layer,
    part::{Part, Piece},
    permission::PermissionSet,
    sentence::{self, Names},
};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub layer: Layer,
    pub part: Part,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    Added {
        new: String,
    },
    Removed {
        old: String,
    },
    Changed {
        old: String,
        new: String,
    },
    /// A rule that stands elsewhere among the others, which changes no decision.
    Moved {
        rule: String,
    },
}

/// What differs, layer by layer; rules are the same by their ids. What a denial makes void is not compared.
pub fn differences(old: &PermissionSet, new: &PermissionSet, names: &Names) -> Vec<Difference> {
    let moved = moved(old, new);
    let mut found = Vec::new();
    for part in parts(old, new) {
        let Some(layer) = part.layer() else { continue };
        let (before, after) = (old.piece(&part), new.piece(&part));
        let mut say = |what: What| found.push(Difference { layer, part: part.clone(), what });
        if before != after && !(is_denied(&before) && is_denied(&after)) {
            match (sentence::piece(&before, names), sentence::piece(&after, names)) {
                (None, Some(new)) => say(What::Added { new }),
                (Some(old), None) => say(What::Removed { old }),
                (Some(old), Some(new)) => say(What::Changed { old, new }),
                (None, None) => {}
            }
        }
        if let Part::Rule { id } = &part
            && moved.contains(&id.as_str())
        {
            sentence::piece(&after, names).into_iter().for_each(|rule| say(What::Moved { rule }));
        }
    }
    found
}

/// The parts of both, those of the old one first within their layer.
fn parts(old: &PermissionSet, new: &PermissionSet) -> Vec<Part> {
    let mut parts = old.parts();
    for part in new.parts() {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.sort_by_key(|part| match part {
        Part::DataSet { .. } => 0,
        Part::Action { .. } => 1,
        Part::Rule { .. } => 2,
        _ => 3,
    });
    parts
}

fn is_denied(piece: &Piece) -> bool {
    matches!(piece, Piece::DataSet { denied: true, .. } | Piece::Action { denied: true, .. })
}

/// The fewest rules that have to be moved to come from the old order to the new one.
fn moved<'a>(old: &'a PermissionSet, new: &PermissionSet) -> Vec<&'a str> {
    let place = |id: &str| new.approval_thresholds.rules.iter().position(|rule| rule.id == id);
    let rules = old.approval_thresholds.rules.iter();
    let kept: Vec<(&str, usize)> = rules.filter_map(|rule| Some((rule.id.as_str(), place(&rule.id)?))).collect();

    // The longest run of rules that stand in the same order in both: its length up to each, and the one before.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, (_, place)) in kept.iter().enumerate() {
        let before = (0..at).filter(|before| kept[*before].1 < *place).max_by_key(|before| runs[*before].0);
        runs.push((before.map_or(1, |before| runs[before].0 + 1), before));
    }
    let mut stays = vec![false; kept.len()];
    let mut next = (0..kept.len()).max_by_key(|at| runs[*at].0);
    while let Some(at) = next {
        stays[at] = true;
        next = runs[at].1;
    }
    kept.iter().zip(stays).filter(|(_, stays)| !stays).map(|((id, _), _)| *id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn set() -> Value {
        let rule = |id: &str, queue: &str| json!({"id": id, "applies_to": "any", "queue": queue});
        json!({
            "data_access": {"read": {"orders": "this_customer"}, "deny": ["cards"]},
            "action_scope": {"allow": {"order.refund": {}}, "deny": ["order.delete"]},
            "approval_thresholds": {"queue": "leads", "rules": [rule("a", "leads"), rule("b", "legal"), rule("c", "boss")]},
            "audit_logging": {},
        })
    }

    fn of(set: Value) -> PermissionSet {
        serde_json::from_value(set).unwrap()
    }

    /// What differs once there are other values at these pointers, each in a line.
    fn said(changes: &[(&str, Value)]) -> Vec<String> {
        let mut new = set();
        for (pointer, value) in changes {
            *new.pointer_mut(pointer).unwrap() = value.clone();
        }
        let names = Names { actions: [("order.refund".to_owned(), "Refund".to_owned())].into(), ..Names::default() };
        let lines = differences(&of(set()), &of(new), &names).into_iter().map(|found| match found.what {
            What::Added { new } => format!("+ {new}"),
            What::Removed { old } => format!("- {old}"),
            What::Changed { old, new } => format!("{old} > {new}"),
            What::Moved { rule } => format!("~ {rule}"),
        });
        lines.collect()
    }

    const LATE: &str = "Without a decision in time, it is rejected.";
    const THEN: &str = "; then they and their requests are deleted, unless something still rests on them.";

    #[test]
    fn each_part_that_differs_is_said_before_and_after() {
        let fifty = json!({"kind": "amount", "most": {"amount": "50.00", "currency": "USD"}});
        assert_eq!(
            said(&[
                ("/data_access/read", json!({"orders": "all", "catalog": "all"})),
                ("/data_access/deny", json!([])),
                ("/action_scope/allow", json!({"order.refund": {"limits": [fifty]}, "order.delete": {}})),
                ("/approval_thresholds/rules/1", json!({"id": "d", "applies_to": "any", "queue": "press"})),
                ("/approval_thresholds/rules/2/queue", json!("managers")),
                ("/audit_logging", json!({"mask": ["/input"], "keep_days": 730})),
            ]),
            [
                "- Must not read: `cards`.".to_owned(),
                "May read of the customer whom the request is for: `orders`. > May read of everybody: `orders`."
                    .to_owned(),
                "+ May read of everybody: `catalog`.".to_owned(),
                "Allowed: `Refund`. > Allowed: `Refund`, at most $50.00 a request.".to_owned(),
                format!("- For every action, one person from `legal` decides within 4 hours. {LATE}"),
                format!(
                    "For every action, one person from `boss` decides within 4 hours. {LATE} > For every action, one person \
                     from `managers` decides within 4 hours. {LATE}"
                ),
                format!("+ For every action, one person from `press` decides within 4 hours. {LATE}"),
                "+ Shown to nobody: the input.".to_owned(),
                format!("Entries are kept for 365 days{THEN} > Entries are kept for 730 days{THEN}"),
            ]
        );
    }

    #[test]
    fn only_what_moved_is_said_to_have_moved() {
        let rules = set()["approval_thresholds"]["rules"].as_array().cloned().unwrap();
        let order = |at: [usize; 3]| Value::from(at.map(|at| rules[at].clone()).to_vec());
        let moved =
            |queue: &str| format!("~ For every action, one person from `{queue}` decides within 4 hours. {LATE}");
        for (at, expected) in [([0, 1, 2], vec![]), ([1, 2, 0], vec![moved("leads")]), ([2, 0, 1], vec![moved("boss")])]
        {
            assert_eq!(said(&[("/approval_thresholds/rules", order(at))]), expected, "{at:?}");
        }
    }

    #[test]
    fn a_rule_that_is_switched_off_has_changed() {
        let off = json!({"id": "b", "applies_to": "any", "queue": "legal", "off": true});
        let said = said(&[("/approval_thresholds/rules/1", off)]);
        assert!(said[0].contains("> Switched off: for every action"), "{said:?}");
    }
}
