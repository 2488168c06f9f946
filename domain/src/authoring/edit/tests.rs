use serde_json::{Value, json};

use super::*;

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn set() -> PermissionSet {
    of(json!({
        "data_access": {"read": {"orders": "this_customer"}, "deny": ["cards"]},
        "action_scope": {"allow": {"order.refund": {"limits": [amount_limit("500.00")]}, "order.tag": {}},
            "deny": ["order.delete"]},
        "approval_thresholds": {"queue": "leads", "rules": [
            {"id": "a", "applies_to": "any", "queue": "leads", "when": [{"kind": "irreversible"}]},
            {"id": "b", "applies_to": "any", "queue": "legal"},
        ]},
        "audit_logging": {"mask": ["/arguments/card"]},
    }))
}

fn amount_limit(amount: &str) -> Value {
    json!({"kind": "amount", "most": {"amount": amount, "currency": "USD"}})
}

fn refunds_over(amount: &str) -> Value {
    json!({"id": "", "applies_to": {"actions": ["order.refund"]}, "queue": "leads",
        "when": [{"kind": "amount_over", "limit": {"amount": amount, "currency": "USD"}}]})
}

/// The edit of somebody who sees `set`.
fn edit(set: &PermissionSet, change: Value) -> Edit {
    let change: Change = of(change);
    Edit { seen: change.part().map(|part| set.piece(&part).seen()), change }
}

fn apply(set: &PermissionSet, change: Value) -> PermissionSet {
    set.apply(&edit(set, change)).unwrap()
}

fn rules(set: &PermissionSet) -> Vec<&str> {
    set.approval_thresholds.rules.iter().map(|rule| rule.id.as_str()).collect()
}

#[test]
fn every_part_can_be_changed() {
    let rule = |id: &str, rule: Value| json!({"kind": "put", "piece": {"part": "rule", "id": id, "rule": rule}});
    for (change, pointer, value) in [
        (json!({"kind": "data_set", "name": "orders", "standing": "all"}), "/data_access/read/orders", json!("all")),
        (json!({"kind": "data_set", "name": "orders", "standing": "denied"}), "/data_access/read", json!({})),
        (json!({"kind": "data_set", "name": "cards", "standing": "not_listed"}), "/data_access/deny", json!([])),
        (
            json!({"kind": "action", "name": "order.refund", "standing": "shadow"}),
            "/action_scope/allow/order.refund",
            json!({"shadow": true, "limits": [amount_limit("500.00")]}),
        ),
        (
            json!({"kind": "action", "name": "order.tag", "standing": "denied"}),
            "/action_scope/deny",
            json!(["order.delete", "order.tag"]),
        ),
        (
            json!({"kind": "action", "name": "order.delete", "standing": "allowed"}),
            "/action_scope/allow/order.delete",
            json!({"shadow": false}),
        ),
        (
            json!({"kind": "add_limit", "action": "order.tag", "limit": amount_limit("5.00")}),
            "/action_scope/allow/order.tag/limits",
            json!([amount_limit("5.00")]),
        ),
        (
            json!({"kind": "replace_limit", "action": "order.refund", "was": amount_limit("500.00"), "limit": amount_limit("5.00")}),
            "/action_scope/allow/order.refund/limits",
            json!([amount_limit("5.00")]),
        ),
        (
            json!({"kind": "remove_limit", "action": "order.refund", "was": amount_limit("500.00")}),
            "/action_scope/allow/order.refund",
            json!({"shadow": false}),
        ),
        (
            json!({"kind": "add_rule", "rule": refunds_over("50.00")}),
            "/approval_thresholds/rules/2/id",
            json!("refund-over-50"),
        ),
        (rule("b", refunds_over("7.50")), "/approval_thresholds/rules/1/when/0/limit/amount", json!("7.50")),
        (rule("a", Value::Null), "/approval_thresholds/rules/0/id", json!("b")),
        (json!({"kind": "copy_rule", "id": "a"}), "/approval_thresholds/rules/1/id", json!("action-irreversible")),
        (json!({"kind": "move_rule", "id": "b", "to": "up"}), "/approval_thresholds/rules/0/id", json!("b")),
        (json!({"kind": "move_rule", "id": "a", "to": "down"}), "/approval_thresholds/rules/0/id", json!("b")),
        (json!({"kind": "switch_rule", "id": "a", "off": true}), "/approval_thresholds/rules/0/off", json!(true)),
        (
            json!({"kind": "add_condition", "rule": "b", "condition": {"kind": "first_of_its_kind"}}),
            "/approval_thresholds/rules/1/when",
            json!([{"kind": "first_of_its_kind"}]),
        ),
        (
            json!({"kind": "replace_condition", "rule": "a", "at": 0, "condition": {"kind": "first_of_its_kind"}}),
            "/approval_thresholds/rules/0/when",
            json!([{"kind": "first_of_its_kind"}]),
        ),
        (
            json!({"kind": "put", "piece": {"part": "fallback", "queue": "boss", "within_s": 60}}),
            "/approval_thresholds/queue",
            json!("boss"),
        ),
        (
            json!({"kind": "put", "piece": {"part": "record", "record": {"input": false}}}),
            "/audit_logging/record/input",
            json!(false),
        ),
        (
            json!({"kind": "put", "piece": {"part": "require", "fields": ["model"]}}),
            "/audit_logging/require",
            json!(["model"]),
        ),
        (
            json!({"kind": "put", "piece": {"part": "mask", "pointers": ["/input"]}}),
            "/audit_logging/mask",
            json!(["/input"]),
        ),
        (json!({"kind": "put", "piece": {"part": "keep_days", "days": 730}}), "/audit_logging/keep_days", json!(730)),
    ] {
        let after = serde_json::to_value(apply(&set(), change.clone())).unwrap();
        assert_eq!(after.pointer(pointer), Some(&value), "{change}");
    }
    let no_condition = apply(&set(), json!({"kind": "remove_condition", "rule": "a", "at": 0}));
    assert_eq!(no_condition.approval_thresholds.rules[0].when, []);
}

#[test]
fn the_second_of_two_people_gets_the_part_as_it_stands() {
    let seen = set();
    let first = apply(&seen, json!({"kind": "add_limit", "action": "order.refund", "limit": amount_limit("300.00")}));
    let late = edit(&seen, json!({"kind": "action", "name": "order.refund", "standing": "not_listed"}));
    let now = first.piece(&Part::Action { name: "order.refund".to_owned() });
    assert_eq!(first.apply(&late), Err(Refusal::Conflict { now: Box::new(now) }));

    let elsewhere = edit(&seen, json!({"kind": "action", "name": "order.tag", "standing": "not_listed"}));
    assert!(first.apply(&elsewhere).is_ok());
}

#[test]
fn a_rule_that_was_removed_meanwhile_is_not_written_again() {
    let without = apply(&set(), json!({"kind": "put", "piece": {"part": "rule", "id": "a", "rule": null}}));
    for change in [
        json!({"kind": "put", "piece": {"part": "rule", "id": "a", "rule": refunds_over("5.00")}}),
        json!({"kind": "switch_rule", "id": "a", "off": true}),
    ] {
        let now = Box::new(Piece::Rule { id: "a".to_owned(), rule: None });
        assert_eq!(without.apply(&edit(&set(), change)), Err(Refusal::Conflict { now }));
    }
    assert_eq!(
        without.apply(&edit(&set(), json!({"kind": "copy_rule", "id": "a"}))),
        Err(Refusal::NoRule { id: "a".to_owned() })
    );
}

#[test]
fn who_says_nothing_of_what_they_saw_replaces_nothing() {
    let blind = Edit { seen: None, change: of(json!({"kind": "switch_rule", "id": "a", "off": true})) };
    assert!(matches!(set().apply(&blind), Err(Refusal::Conflict { .. })));
    let added = Edit { seen: None, change: of(json!({"kind": "add_rule", "rule": refunds_over("50.00")})) };
    assert!(set().apply(&added).is_ok());
}

#[test]
fn what_is_sent_twice_is_done_once() {
    for change in [
        json!({"kind": "add_rule", "rule": refunds_over("50.00")}),
        json!({"kind": "switch_rule", "id": "a", "off": true}),
        json!({"kind": "data_set", "name": "orders", "standing": "denied"}),
        json!({"kind": "put", "piece": {"part": "keep_days", "days": 730}}),
    ] {
        let edit = edit(&set(), change);
        let once = set().apply(&edit).unwrap();
        assert_eq!(once.apply(&edit), Ok(once), "{edit:?}");
    }
    let limit = edit(&set(), json!({"kind": "add_limit", "action": "order.tag", "limit": amount_limit("5.00")}));
    assert!(matches!(set().apply(&limit).unwrap().apply(&limit), Err(Refusal::Conflict { .. })));
}

#[test]
fn a_limit_is_found_by_what_it_says_wherever_it_stands_now() {
    let add = |most: &str| json!({"kind": "add_limit", "action": "order.refund", "limit": amount_limit(most)});
    let three = apply(&apply(&set(), add("400.00")), add("300.00"));
    let change = |change: Value| Edit { seen: None, change: serde_json::from_value(change).unwrap() };
    let limits = |set: &PermissionSet| serde_json::to_value(&set.action_scope.allow["order.refund"].limits).unwrap();
    let remove = change(json!({"kind": "remove_limit", "action": "order.refund", "was": amount_limit("500.00")}));
    let two = three.apply(&remove).unwrap();
    assert!(matches!(two.apply(&remove), Err(Refusal::Conflict { .. })), "pressed twice, it would take the next one");

    // Whoever had all three before them means the one that they saw.
    let replace = change(json!({"kind": "replace_limit", "action": "order.refund",
        "was": amount_limit("400.00"), "limit": amount_limit("5.00")}));
    let replaced = two.apply(&replace).unwrap();
    assert_eq!(limits(&replaced), json!([amount_limit("5.00"), amount_limit("300.00")]));
    assert_eq!(replaced.apply(&replace).as_ref(), Ok(&replaced), "sent twice, it says the same");
    let stale = change(json!({"kind": "replace_limit", "action": "order.refund",
        "was": amount_limit("500.00"), "limit": amount_limit("6.00")}));
    assert!(matches!(replaced.apply(&stale), Err(Refusal::Conflict { .. })));
}

#[test]
fn what_is_not_there_cannot_be_changed() {
    let refused = |change: Value| set().apply(&edit(&set(), change)).unwrap_err();
    assert_eq!(
        refused(json!({"kind": "add_limit", "action": "order.delete", "limit": amount_limit("5.00")})),
        Refusal::NotAllowed { action: "order.delete".to_owned() }
    );
    let other = json!({"kind": "remove_limit", "action": "order.refund", "was": amount_limit("7.00")});
    assert!(matches!(refused(other), Refusal::Conflict { .. }));
    assert_eq!(refused(json!({"kind": "move_rule", "id": "c", "to": "up"})), Refusal::NoRule { id: "c".to_owned() });
    let part = Part::Rule { id: "b".to_owned() };
    assert_eq!(
        refused(json!({"kind": "remove_condition", "rule": "b", "at": 0})),
        Refusal::NothingThere { part, at: 0 }
    );
}

#[test]
fn the_first_rule_cannot_move_up_nor_the_last_one_down() {
    for change in
        [json!({"kind": "move_rule", "id": "a", "to": "up"}), json!({"kind": "move_rule", "id": "b", "to": "down"})]
    {
        assert_eq!(apply(&set(), change), set());
    }
}

#[test]
fn a_new_rule_is_named_after_its_words() {
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let a_day = json!({"per": "agent", "within_s": 86_400});
    for (applies_to, when, id) in [
        (json!("any"), json!([]), "every-action"),
        (json!({"effects": ["write", "commitment"]}), json!([]), "every-write-commitment"),
        (json!({"actions": ["order.modify_items"]}), json!([]), "every-modify-items"),
        (
            json!({"effects": ["message"]}),
            json!([{"kind": "touches", "topics": ["Legal", "santé"]}]),
            "message-touches-legal-sant",
        ),
        (
            json!({"effects": ["message"]}),
            json!([{"kind": "first_order"}, {"kind": "open_complaint"}]),
            "message-first-order-open-complaint",
        ),
        (
            json!({"actions": ["a"]}),
            json!([{"kind": "lifetime_value_over", "limit": usd("12.50")}, {"kind": "first_of_its_kind"}]),
            "a-valued-over-12-50-first-of-its-kind",
        ),
        (json!({"actions": ["a"]}), json!([{"kind": "template_not_in", "templates": ["x"]}]), "a-other-template"),
        (json!({"actions": ["a"]}), json!([{"kind": "count_over", "limit": 3, "window": a_day}]), "a-more-than-3"),
        (
            json!({"actions": ["a"]}),
            json!([{"kind": "sum_over", "limit": usd("500.00"), "window": a_day}]),
            "a-sum-over-500",
        ),
        (json!({"actions": ["ä"]}), json!([{"kind": "touches", "topics": ["音"]}]), "touches"),
        (
            json!({"actions": ["order.a_name_of_an_action_that_is_longer_than_any"]}),
            json!([]),
            "every-a-name-of-an-action-that-is-longer",
        ),
    ] {
        let rule = of(json!({"id": "", "applies_to": applies_to, "when": when, "queue": "leads"}));
        assert_eq!(rule_id::of(&rule, &[]), id);
    }
}

#[test]
fn no_two_rules_get_one_name() {
    let mut set = set();
    for amount in ["50.00", "50.0", "50"] {
        let mut rule = refunds_over(amount);
        rule["needed"] = json!(amount.len());
        set = apply(&set, json!({"kind": "add_rule", "rule": rule}));
    }
    set = apply(&set, json!({"kind": "copy_rule", "id": "refund-over-50"}));
    assert_eq!(rules(&set), ["a", "b", "refund-over-50", "refund-over-50-4", "refund-over-50-2", "refund-over-50-3"]);
}
