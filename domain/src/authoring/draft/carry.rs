//! What a draft begins from, and how it is carried over to what was published meanwhile.

use crate::{
    part::Part,
    permission::{ApprovalThresholds, AuditLogging, PermissionSet},
};

impl PermissionSet {
    /// Nothing is allowed, everything is recorded, and `queue` decides what nobody else does.
    pub fn blank(queue: &str) -> Self {
        let approval_thresholds =
            ApprovalThresholds { queue: queue.to_owned(), within_s: 4 * 60 * 60, rules: Vec::new() };
        Self {
            data_access: Default::default(),
            action_scope: Default::default(),
            approval_thresholds,
            audit_logging: AuditLogging {
                record: Default::default(),
                require: Default::default(),
                mask: Default::default(),
                keep_days: 365,
            },
        }
    }

    /// What changed from `base` to `self`, carried over to `other`; and the parts that both changed, each in its own way.
    pub fn carry_over(&self, base: &Self, other: &Self) -> (Self, Vec<Part>) {
        let mut carried = other.clone();
        let mut both = Vec::new();
        // Its own parts first: a new rule keeps its place among the new ones.
        let mut parts = self.parts();
        let gone: Vec<Part> = base.parts().into_iter().filter(|part| !parts.contains(part)).collect();
        parts.extend(gone);
        for part in parts {
            let (mine, before, theirs) = (self.piece(&part), base.piece(&part), other.piece(&part));
            if mine == before || mine == theirs {
                continue;
            }
            if theirs != before {
                both.push(part);
            }
            carried.put(mine);
        }
        (carried, both)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(action_scope: serde_json::Value, rules: &[&str]) -> PermissionSet {
        let rules: Vec<_> = rules.iter().map(|id| json!({"id": id, "applies_to": "any", "queue": "leads"})).collect();
        serde_json::from_value(json!({
            "data_access": {}, "action_scope": action_scope, "audit_logging": {},
            "approval_thresholds": {"queue": "leads", "rules": rules},
        }))
        .unwrap()
    }

    fn action(name: &str) -> Part {
        Part::Action { name: name.to_owned() }
    }

    #[test]
    fn a_blank_set_has_no_fault_and_allows_nothing() {
        let blank = PermissionSet::blank("leads");
        assert_eq!((blank.faults(), blank.action_scope.allow.len()), (Vec::new(), 0));
        assert_eq!(blank, set(json!({}), &[]));
    }

    #[test]
    fn what_two_changed_apart_is_joined() {
        let base = set(json!({"allow": {"a": {}, "b": {}, "c": {}}}), &["one"]);
        let mine = set(json!({"allow": {"a": {"shadow": true}, "b": {}, "c": {}}}), &["one", "mine"]);
        let theirs = set(json!({"allow": {"a": {}, "c": {}}, "deny": ["d"]}), &["theirs"]);
        let joined = set(json!({"allow": {"a": {"shadow": true}, "c": {}}, "deny": ["d"]}), &["theirs", "mine"]);
        assert_eq!(mine.carry_over(&base, &theirs), (joined, vec![]));
    }

    #[test]
    fn what_both_changed_stands_as_mine_and_is_named() {
        let base = set(json!({"allow": {"a": {}, "b": {}}}), &[]);
        let mine = set(json!({"allow": {"b": {}}}), &[]);
        let theirs = set(json!({"allow": {"a": {"shadow": true}}}), &[]);
        let joined = set(json!({"allow": {}}), &[]);
        assert_eq!(mine.carry_over(&base, &theirs), (joined, vec![action("a")]));
        assert_eq!(mine.carry_over(&base, &mine), (mine.clone(), vec![]), "both the same");
    }
}
