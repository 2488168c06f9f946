use super::*;
use serde_json::{Value, json};

use crate::{catalog::Catalog, permission::PermissionSet};

fn action() -> Value {
    json!({
        "name": "order.refund", "label": "Refund", "sentence": "Refund", "effect": "write",
        "reversibility": {"kind": "irreversible"}, "integration": "shop", "data_sets": ["orders"],
        "amount": "total", "arguments": {"type": "object", "required": ["total"], "properties": {
            "total": {"type": "money"}, "fee": {"type": "money"}, "card": {"type": "string"}}},
    })
}

fn catalog() -> Catalog {
    serde_json::from_value(json!({
        "actions": [action()],
        "data_sets": [{"name": "orders", "label": "Orders", "sensitivity": "personal"},
            {"name": "notes", "label": "Notes", "sensitivity": "internal"}],
        "queues": [{"slug": "leads", "name": "Leads", "able": null}],
        "integrations": [{"slug": "shop", "name": "Shop"}, {"slug": "bank", "name": "Bank"}],
        "word_lists": {},
    }))
    .unwrap()
}

/// Rules for whatever changes an outside system, for what cannot be undone, and for much money.
fn set(scope: Value) -> PermissionSet {
    let much = json!({"kind": "amount_over", "limit": {"amount": "50.00", "currency": "USD"}});
    serde_json::from_value(json!({
        "data_access": {"read": {"orders": "this_customer", "notes": "all"}},
        "action_scope": scope,
        "approval_thresholds": {"queue": "leads", "rules": [
            {"id": "writes", "applies_to": {"effects": ["write"]}, "queue": "leads", "needed": 2},
            {"id": "for-good", "applies_to": "any", "when": [{"kind": "irreversible"}], "queue": "leads",
                "needed": 3, "within_s": 60},
            {"id": "much", "applies_to": {"actions": ["order.refund"]}, "when": [much], "queue": "leads",
                "needed": 3, "within_s": 30},
        ]},
        "audit_logging": {"mask": ["/arguments/card"]},
    }))
    .unwrap()
}

fn allowed() -> Value {
    json!({"allow": {"order.refund": {"limits": [
        {"kind": "amount", "most": {"amount": "500.00", "currency": "USD"}}]}}})
}

fn changed(changes: &[(&str, Value)]) -> Change {
    let mut after = action();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        after.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    Change::ActionType { action: serde_json::from_value(after).unwrap(), seen: Some(1) }
}

fn said(scope: Value, changes: &[(&str, Value)]) -> Vec<String> {
    let after = catalog().with(&changed(changes));
    meaning("Support", &set(scope), &catalog(), &after)
}

#[test]
fn each_change_of_meaning_is_said_with_its_agent() {
    for (changes, sentence) in [
        (vec![("/amount", Value::Null)], "money look at nothing any more: refunds would have no amount."),
        (vec![("/amount", json!("fee"))], "money look at “fee” of refunds instead of “total”."),
        (vec![("/arguments/required", json!([]))], "money look at nothing where refunds leave out “total”, which"),
        (
            vec![("/effect", json!("internal"))],
            "rules for whatever changes an outside system no longer ask about refunds.",
        ),
        (vec![("/for_customer", json!(false))], "refunds no longer need a customer, nor what set them off."),
        (vec![("/data_sets", json!([]))], "refunds no longer rest on what was checked: Orders."),
        (vec![("/data_sets", json!(["orders", "notes"]))], "refunds rest on more: Notes."),
        (
            vec![("/reversibility", json!({"kind": "reversible", "how": "so"}))],
            "rules for what cannot be undone no longer ask about refunds.",
        ),
        (
            vec![("/reversibility", json!({"kind": "until", "moment": "then", "how": "so"}))],
            "refunds count as what can be undone for a while.",
        ),
        (vec![("/integration", Value::Null)], "the circuit breaker of Shop no longer pauses refunds."),
        (
            vec![("/integration", json!("bank"))],
            "the circuit breaker of Bank pauses refunds, that of Shop no longer does.",
        ),
        (
            vec![("/arguments/properties", json!({"total": {"type": "money"}, "iban": {"type": "string"}}))],
            "masks hide card, which refunds no longer have: what takes its place is shown.",
        ),
    ] {
        let said = said(allowed(), &changes);
        assert!(said.iter().any(|said| said.starts_with("Support") && said.contains(sentence)), "{said:?}");
    }
}

#[test]
fn what_is_newly_risky_is_said_and_no_old_risk() {
    let none = said(allowed(), &[("/amount", Value::Null)]);
    assert!(none.contains(&"Support, rule much: This rule never asks: refunds have no amount.".to_owned()), "{none:?}");
    assert!(none.contains(&"Support: Refunds have no amount, so this limit never holds.".to_owned()), "{none:?}");
    // Without a limit, refunds have no upper limit under any name.
    assert_eq!(said(json!({"allow": {"order.refund": {}}}), &[("/label", json!("Payback"))]), [""; 0]);
}

#[test]
fn words_for_people_and_what_is_not_allowed_mean_nothing() {
    let words = [("/label", json!("Payback")), ("/sentence", json!("Pay back {total}"))];
    assert_eq!(said(allowed(), &words), [""; 0]);
    let amount = [("/amount", Value::Null)];
    assert_eq!(said(json!({"allow": {}}), &amount), [""; 0]);
    assert_eq!(said(json!({"allow": {"order.refund": {}}, "deny": ["order.refund"]}), &amount), [""; 0]);
}

#[test]
fn a_new_type_that_is_allowed_already_is_said_to_be() {
    let mut before = catalog();
    before.actions.clear();
    let said = meaning("Support", &set(allowed()), &before, &catalog());
    assert_eq!(said[0], "Support’s permissions name it already: refunds are allowed from now on.");
}

#[test]
fn other_bounds_of_an_argument_are_said_before_and_after() {
    let properties = |most: u32| {
        json!({"total": {"type": "money"}, "fee": {"type": "money"}, "card": {"type": "string"},
            "percent": {"type": "integer", "maximum": most}})
    };
    let narrow = catalog().with(&changed(&[("/arguments/properties", properties(20))]));
    let wide = catalog().with(&changed(&[("/arguments/properties", properties(100))]));
    assert_eq!(
        meaning("Support", &set(allowed()), &narrow, &wide),
        [
            "Support: refunds have other arguments: “percent” is a whole number of at most 100, before a whole number of \
            at most 20."
        ]
    );
    assert_eq!(meaning("Support", &set(allowed()), &wide, &wide), [""; 0]);
}

fn touching() -> PermissionSet {
    let mut set = set(allowed());
    let rule = json!({"id": "law", "applies_to": "any", "queue": "leads",
        "when": [{"kind": "touches", "topics": ["legal"]}]});
    set.approval_thresholds.rules = vec![serde_json::from_value(rule).unwrap()];
    set
}

fn with_words(words: &[&str]) -> Catalog {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    catalog().with(&Change::Words { topic: "Legal".to_owned(), words, seen: Vec::new() })
}

#[test]
fn other_words_for_a_topic_are_said_to_whoever_asks_about_it() {
    let (before, after) = (with_words(&["Lawyer", "small claims"]), with_words(&["small claims", "zzzz"]));
    assert_eq!(
        meaning("Support", &touching(), &before, &after),
        ["Support’s rules know by other words what touches on legal: no longer “lawyer”; from now on “zzzz”."]
    );
    let none = meaning("Support", &touching(), &before, &with_words(&[]));
    assert!(none.iter().any(|said| said.contains("The shop has no words for legal")), "{none:?}");
    assert_eq!(meaning("Support", &set(allowed()), &before, &after), [""; 0]);
    let off = with_words(&["small claims", "LAWYER "]);
    assert_eq!(meaning("Support", &touching(), &before, &off), [""; 0], "case and order mean nothing");
}

#[test]
fn a_queue_that_is_gone_is_said_and_its_people_are_not() {
    let (mut gone, mut empty) = (catalog(), catalog());
    gone.queues.clear();
    let said = meaning("Support", &set(allowed()), &catalog(), &gone);
    assert!(said.contains(&"Support, rule writes: There is no queue leads.".to_owned()), "{said:?}");
    empty.queues[0].name = "Team leads".to_owned();
    assert_eq!(meaning("Support", &set(allowed()), &catalog(), &empty), [""; 0]);
}

#[test]
fn how_private_data_is_is_said_to_whoever_may_read_it() {
    let set_of = |sensitivity: &str| {
        serde_json::from_value(json!({"name": "orders", "label": "Orders", "sensitivity": sensitivity}))
    };
    let after = catalog().with(&Change::DataSet { set: set_of("public").unwrap(), seen: None });
    assert_eq!(
        meaning("Support", &set(allowed()), &catalog(), &after),
        ["Support may read Orders, which counts as public from now on, before as personal."]
    );
}

#[test]
fn a_file_is_all_that_it_defines_and_the_words_that_it_replaces() {
    let file: AgentFile = serde_json::from_value(json!({
        "agent": {"slug": "b", "name": "B"}, "actions": [action()], "word_lists": {"Legal": ["zzzz"], "press": ["x"]},
        "queues": [{"slug": "new", "name": "New"}],
        "permissions": {"data_access": {}, "action_scope": {}, "approval_thresholds": {"queue": "leads"}, "audit_logging": {}},
    }))
    .unwrap();
    let before = with_words(&["lawyer"]);
    let after = before.clone().with_file(&file);
    assert_eq!(after.words_for("legal"), ["zzzz".to_owned()].into());
    assert!(after.queue("new").is_some() && after.queue("leads") == before.queue("leads"));
    assert_eq!(replaced_words(&file, &before), ["The shop’s words for Legal: no longer “lawyer”; from now on “zzzz”."]);
}

#[test]
fn a_change_is_told_before_and_after() {
    let change = changed(&[("/amount", Value::Null), ("/label", json!("Payback"))]);
    let told = change.told(&catalog());
    let lines: Vec<String> = told.iter().map(|what| format!("{what:?}")).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("Label: Refund") && lines[0].contains("Label: Payback"), "{lines:?}");
    assert_eq!(Change::OneToPublish.subject(), "publishing");
}
