use super::*;
use serde_json::{Value, json};

fn set() -> Value {
    json!({
        "data_access": {},
        "action_scope": {"allow": {"order.refund": {}}, "deny": ["order.delete"]},
        "approval_thresholds": {"queue": "leads", "rules": [
            {"id": "refunds", "applies_to": {"actions": ["order.refund"]}, "queue": "legal",
                "else": {"escalate": {"queue": "boss", "within_s": 60}}},
        ]},
        "audit_logging": {},
    })
}

#[test]
fn what_a_set_leaves_out_is_the_strict_choice() {
    let set: PermissionSet = serde_json::from_value(set()).unwrap();
    let rule = &set.approval_thresholds.rules[0];
    assert_eq!((rule.needed, rule.within_s, Otherwise::default()), (1, 14_400, Otherwise::Reject));
    assert_eq!(set.audit_logging.record, Recorded { input: true, reasoning: true, output: true, reads: true });
    let condition: Condition = serde_json::from_value(json!({"kind": "first_order"})).unwrap();
    assert_eq!(condition, Condition::FirstOrder { trust_agent: false });
}

#[test]
fn a_member_that_nobody_knows_is_refused() {
    for pointer in ["/colour", "/data_access/allow", "/approval_thresholds/rules/0/need", "/audit_logging/keep"] {
        let mut set = set();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        set.pointer_mut(parent).unwrap()[name] = json!(1);
        assert!(serde_json::from_value::<PermissionSet>(set).is_err(), "{pointer}");
    }
}

#[test]
fn every_queue_is_named_that_of_an_escalation_too() {
    let set: PermissionSet = serde_json::from_value(set()).unwrap();
    assert_eq!(set.queues(), BTreeSet::from(["boss", "leads", "legal"]));
}
