use serde_json::{Value, json};

use super::*;

fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn exported(permissions: Value) -> Cedar {
    let refund = json!({
        "name": "order.refund", "label": "Refund", "sentence": "", "effect": "write", "amount": "total",
        "reversibility": {"kind": "reversible", "how": "so."},
        "arguments": {"type": "object", "properties": {"total": {"type": "money"}}},
    });
    let delete = json!({
        "name": "order.delete", "label": "Delete", "sentence": "", "effect": "write", "for_customer": false,
        "reversibility": {"kind": "irreversible"},
    });
    let catalog = Catalog { actions: vec![of(refund), of(delete)], ..Catalog::default() };
    export(&of(permissions), &catalog, "support")
}

#[test]
fn a_set_reads_as_policies() {
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let day = json!({"per": "customer", "within_s": 86_400});
    let Cedar { policies, left_out, .. } = exported(json!({
        "data_access": {"read": {"orders": "this_customer", "cards": "all"}, "deny": ["cards"]},
        "action_scope": {"allow": {"order.refund": {"limits": [
            {"kind": "amount", "most": usd("500.00")}, {"kind": "count", "most": 3, "window": day},
        ]}}, "deny": ["order.delete"]},
        "approval_thresholds": {"queue": "leads", "rules": [
            {"id": "refund-over-50", "applies_to": {"effects": ["write"]}, "queue": "leads", "needed": 2,
                "when": [{"kind": "amount_over", "limit": usd("50.00")}, {"kind": "touches", "topics": ["legal"]}]},
            {"id": "irreversible", "applies_to": "any", "queue": "boss", "when": [{"kind": "irreversible"}]},
            {"id": "often", "applies_to": "any", "queue": "boss", "when": [{"kind": "count_over", "limit": 2, "window": day}]},
            {"id": "later", "off": true, "applies_to": "any", "queue": "boss"},
        ]},
        "audit_logging": {},
    }));
    assert_eq!(
        policies,
        r#"// The arguments fit the action.
@id("arguments")
forbid (principal == Agent::"support", action, resource)
unless { context.fits };

// Layer 1.
@id("reads")
forbid (principal == Agent::"support", action, resource)
unless { ["orders"].containsAll(context.reads_of_customer) };

// Layer 1.
@id("reads-of-others")
forbid (principal == Agent::"support", action, resource)
unless { context.reads_of_others.isEmpty() };

// Layer 2: Refund.
@id("order.refund")
@shadow("false")
permit (principal == Agent::"support", action == Action::"order.refund", resource);

@id("order.refund limit")
forbid (principal == Agent::"support", action == Action::"order.refund", resource)
unless { if context has amount then context.amount.currency == "USD" && context.amount.minor <= 50000 else context.amount_known };

@id("order.delete denied")
forbid (principal == Agent::"support", action == Action::"order.delete", resource);

// Layer 3: who is asked.
@id("second-customer")
@queue("leads")
@needed("1")
@within("14400")
forbid (principal == Agent::"support", action == Action::"order.refund", resource)
unless { context.approved }
unless { context has customer && context has trigger && !context.other_customer };

@id("refund-over-50")
@queue("leads")
@needed("2")
@within("14400")
@same_person("false")
forbid (principal == Agent::"support", action in [Action::"order.refund", Action::"order.delete"], resource)
unless { context.approved }
unless { if context has amount then context.amount.currency == "USD" && context.amount.minor <= 5000 else context.amount_known }
unless { context.topics_complete && !["legal"].containsAny(context.topics) };

@id("irreversible")
@queue("boss")
@needed("1")
@within("14400")
@same_person("false")
forbid (principal == Agent::"support", action == Action::"order.delete", resource)
unless { context.approved };

"#
    );
    assert_eq!(
        left_out,
        [
            "A limit of `order.refund`: at most 3 such requests for one customer within 1 day.",
            "For every action, when this makes more than 2 such requests for one customer within 1 day, one person from `boss` \
             decides within 4 hours. Without a decision in time, it is rejected.",
        ]
    );
}

#[test]
fn texts_are_written_so_that_nothing_ends_them() {
    assert_eq!(quoted("a\"b\\c\nd é"), r#""a\"b\\c\u{a}d é""#);
    assert_eq!(comment("one\ntwo"), "one two");
}
