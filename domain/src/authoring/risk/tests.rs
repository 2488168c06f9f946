use serde_json::{Value, json};

use super::*;

mod remarks;

fn usd(amount: &str) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

fn eur(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

fn action(name: &str, label: &str, effect: &str, reversibility: Value, amount: bool) -> Value {
    let mut properties = json!({"text": {"type": "string"}});
    if amount {
        properties["total"] = json!({"type": "money", "currency": "USD"});
    }
    let how = json!({"kind": reversibility, "how": "so.", "moment": "it is gone"});
    let reversibility = match reversibility.as_str() {
        Some("irreversible") => json!({"kind": "irreversible"}),
        Some("reversible") => json!({"kind": "reversible", "how": "so."}),
        _ => how,
    };
    json!({
        "name": name, "label": label, "sentence": "", "effect": effect, "reversibility": reversibility,
        "data_sets": ["orders"], "amount": amount.then_some("total"),
        "arguments": {"type": "object", "properties": properties},
    })
}

fn catalog() -> Value {
    let mut price = action("price.change", "Price change", "commitment", json!("reversible"), true);
    price["for_customer"] = json!(false);
    price["data_sets"] = json!(["catalog"]);
    let people = [1, 2, 3, 4].map(uuid::Uuid::from_u128);
    json!({
        "actions": [
            action("order.refund", "Refund", "write", json!("until"), true),
            action("message.reply", "Reply", "message", json!("irreversible"), false),
            action("ticket.tag", "Tag", "internal", json!("reversible"), false),
            price,
            serde_json::to_value(ActionType::data_read()).unwrap(),
        ],
        "data_sets": [
            {"name": "orders", "label": "Orders of a customer", "sensitivity": "personal"},
            {"name": "catalog", "label": "Products", "sensitivity": "public"},
        ],
        "queues": [
            {"slug": "leads", "name": "CS leads", "able": people[..3]}, {"slug": "legal", "name": "Legal", "able": people[3..]},
            {"slug": "empty", "name": "Nobody", "able": []}, {"slug": "new", "name": "New", "able": null},
        ],
        "integrations": [],
        "word_lists": {"legal": ["lawyer"]},
    })
}

/// A set that nothing is to be said of.
fn set() -> Value {
    json!({
        "data_access": {"read": {"orders": "this_customer", "catalog": "all"}},
        "action_scope": {"allow": {
            "data.read": {}, "ticket.tag": {}, "message.reply": {},
            "order.refund": {"limits": [{"kind": "amount", "most": usd("500.00")}]},
        }, "deny": ["price.change"]},
        "approval_thresholds": {"queue": "leads", "rules": [
            {"id": "refunds", "applies_to": {"actions": ["order.refund"]}, "queue": "leads",
                "when": [{"kind": "amount_over", "limit": usd("50.00")}]},
            {"id": "replies", "applies_to": {"effects": ["message"]}, "queue": "leads"},
        ]},
        "audit_logging": {},
    })
}

/// What is found in the set with other values at these pointers.
fn found(changes: &[(&str, Value)], catalog: Value) -> Vec<Risk> {
    let mut set = set();
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match set.pointer_mut(parent).unwrap() {
            Value::Array(values) if name == "-" => values.push(value.clone()),
            Value::Array(values) => values[name.parse::<usize>().unwrap()] = value.clone(),
            members => members[name] = value.clone(),
        }
    }
    let (set, catalog) = (serde_json::from_value(set).unwrap(), serde_json::from_value(catalog).unwrap());
    risks(&set, &catalog)
}

fn said(changes: &[(&str, Value)], catalog: Value) -> Vec<(Code, String)> {
    found(changes, catalog).into_iter().map(|risk| (risk.code, risk.said.sentence)).collect()
}

const REFUND: &str = "/action_scope/allow/order.refund";
const RULES: &str = "/approval_thresholds/rules/-";
const FIRST: &str = "/approval_thresholds/rules/0";
const WHEN: &str = "/approval_thresholds/rules/0/when";

fn limits(limits: Value) -> Value {
    json!({ "limits": limits })
}

fn rule(actions: Value, when: Value) -> Value {
    json!({"id": "new", "applies_to": actions, "when": when, "queue": "leads"})
}

fn of_refunds(when: Value) -> Value {
    rule(json!({"actions": ["order.refund"]}), when)
}

fn a_day(per: &str) -> Value {
    json!({"per": per, "within_s": 86_400})
}

#[test]
fn of_a_good_set_there_is_nothing_to_say() {
    assert_eq!(said(&[], catalog()), []);
}

#[test]
fn what_is_wrong_or_risky_is_said_in_a_sentence() {
    let allowed_price = "/action_scope/allow/price.change";
    let not_denied = ("/action_scope/deny", json!([]));
    for (changes, code, sentence) in [
        // Layer 1.
        (vec![("/data_access/deny", json!(["cards"]))], Code::UnknownDataSet, "There is no data set `cards`."),
        (
            vec![("/data_access/read/orders", json!("all"))],
            Code::OpenToAll,
            "May be read of everybody, though it is personal: `Orders of a customer`.",
        ),
        (
            vec![("/data_access/deny", json!(["catalog"]))],
            Code::DeniedAnyway,
            "Listed and denied; it is denied: `Products`.",
        ),
        // Layer 2.
        (vec![("/action_scope/deny", json!(["order.x"]))], Code::UnknownAction, "There is no action `order.x`."),
        (vec![(REFUND, json!({}))], Code::NoUpperLimit, "`Refunds` have no upper limit."),
        (
            vec![(REFUND, limits(json!([{"kind": "amount", "most": eur("5.00")}])))],
            Code::OtherCurrency,
            "The hard limit is in EUR, but `refunds` are in USD: every `refund` will be denied.",
        ),
        (
            vec![(
                REFUND,
                limits(json!([{"kind": "amount", "most": usd("500.00")},
                {"kind": "sum", "most": usd("300.00"), "window": a_day("agent")}])),
            )],
            Code::LimitNeverReached,
            "The limit of $500.00 a request is never reached: no more than $300.00 is left within 1 day.",
        ),
        (
            vec![(
                "/action_scope/allow/message.reply",
                limits(json!([{"kind": "sum", "most": usd("50.00"), "window": a_day("agent")}])),
            )],
            Code::LimitNeverReached,
            "`Replies` have no amount, so this limit never holds.",
        ),
        (
            vec![(&format!("{FIRST}/applies_to"), json!({"actions": ["order.refund", "message.reply"]}))],
            Code::NeverAsksOf,
            "This rule never asks about `replies`: they have no amount.",
        ),
        (
            vec![
                ("/action_scope/deny/-", json!("order.refund")),
                (
                    FIRST,
                    json!({"id": "refunds", "off": true,
                "applies_to": "any", "queue": "leads"}),
                ),
            ],
            Code::DeniedAnyway,
            "Allowed and denied; it is denied: `Refund`.",
        ),
        (
            vec![("/approval_thresholds/rules/1/off", json!(true))],
            Code::IrreversibleUnasked,
            "Allowed, irreversible, and nobody is asked: `Reply`.",
        ),
        (
            vec![(&format!("{FIRST}/off"), json!(true))],
            Code::Unasked,
            "Changes an outside system, and nobody is asked: `Refund`.",
        ),
        (
            vec![
                ("/data_access/read/orders", json!("this_customer")),
                ("/data_access/deny", json!(["orders"])),
                ("/data_access/read", json!({"catalog": "all"})),
                ("/action_scope/allow", json!({"ticket.tag": {}})),
                ("/action_scope/deny", json!(["order.refund"])),
                ("/approval_thresholds/rules", json!([])),
            ],
            Code::Unreadable,
            "`Tags` rest on what may not be read, and will be denied: `Orders of a customer`.",
        ),
        // Layer 3.
        (
            vec![(RULES, of_refunds(json!([{"kind": "amount_over", "limit": usd("80.00")}])))],
            Code::AddsNothing,
            "This rule adds nothing: another one asks the same queue for all its cases, that for `Refund`, \
             when the amount is over $50.00 (one person from `CS leads`).",
        ),
        (
            vec![(RULES, of_refunds(json!([{"kind": "amount_over", "limit": usd("500.00")}])))],
            Code::NeverAsks,
            "This rule never asks: `refunds` of more than $500.00 are denied.",
        ),
        (
            vec![(RULES, rule(json!({"actions": ["ticket.tag"]}), json!([{"kind": "irreversible"}])))],
            Code::NeverAsks,
            "This rule never asks: `tags` can always be undone.",
        ),
        (
            vec![(
                RULES,
                rule(json!({"actions": ["message.reply"]}), json!([{"kind": "amount_over", "limit": usd("5.00")}])),
            )],
            Code::NeverAsks,
            "This rule never asks: `replies` have no amount.",
        ),
        (
            vec![(RULES, rule(json!({"actions": ["price.change"]}), json!([])))],
            Code::NeverAsks,
            "This rule never asks: nothing that it applies to is allowed.",
        ),
        (
            vec![(&format!("{FIRST}/applies_to"), json!({"actions": ["order.refund", "price.change"]}))],
            Code::DeniedAnyway,
            "This rule also names what is denied: `Price change`.",
        ),
        (
            vec![(WHEN, json!([{"kind": "amount_over", "limit": eur("50.00")}]))],
            Code::OtherCurrency,
            "The amount limit is in EUR, but `refunds` are in USD: every `refund` will be asked.",
        ),
        (
            vec![(WHEN, json!([{"kind": "amount_over", "limit": eur("50.00")}, {"kind": "irreversible"}]))],
            Code::OtherCurrency,
            "The amount limit is in EUR, but `refunds` are in USD: this counts as true of every `refund`.",
        ),
        (
            vec![(WHEN, json!([{"kind": "lifetime_value_over", "limit": eur("50.00")}]))],
            Code::AlwaysAsks,
            "The lifetime value is in EUR, which no action of the shop is fixed to: where the customer’s is in another \
                currency, every `refund` will be asked.",
        ),
        (
            vec![(&format!("{FIRST}/needed"), json!(2)), (&format!("{FIRST}/queue"), json!("legal"))],
            Code::TooFewPeople,
            "The queue `Legal` has one member who can decide, and this rule needs two.",
        ),
        (
            vec![(&format!("{FIRST}/else"), json!({"escalate": {"queue": "empty", "within_s": 60}}))],
            Code::TooFewPeople,
            "The queue `Nobody` has no members who can decide, and this rule needs one.",
        ),
        (vec![(&format!("{FIRST}/queue"), json!("nobody"))], Code::UnknownQueue, "There is no queue `nobody`."),
        (
            vec![("/approval_thresholds/queue", json!("empty"))],
            Code::TooFewPeople,
            "The queue `Nobody` has no members who can decide, and for what no rule is about, one is needed.",
        ),
        (
            vec![(&format!("{FIRST}/else"), json!({"escalate": {"queue": "leads", "within_s": 60}}))],
            Code::EscalatesToItself,
            "This rule escalates to the queue that did not decide in time.",
        ),
        (
            vec![(WHEN, json!([{"kind": "first_order", "trust_agent": true}]))],
            Code::AgentsWord,
            "The agent's own word about the customer is enough here: a wrong one lets it through.",
        ),
        (
            vec![(WHEN, json!([{"kind": "touches", "topics": ["Legal", "medical", "press"]}]))],
            Code::AgentsWord,
            "The shop has no words for `medical` or `press`: only the agent says whether it touches on it.",
        ),
        (
            vec![(WHEN, json!([{"kind": "first_of_its_kind"}]))],
            Code::AlwaysAsks,
            "Layer 4 does not require a template: a request without one counts as the first of its kind.",
        ),
        (
            vec![(WHEN, json!([{"kind": "template_not_in", "templates": ["a"]}]))],
            Code::AlwaysAsks,
            "Layer 4 does not require a template: a request without one counts as having another.",
        ),
        (
            vec![
                not_denied.clone(),
                (allowed_price, limits(json!([{"kind": "amount", "most": usd("9.00")}]))),
                (RULES, rule(json!({"actions": ["price.change"]}), json!([{"kind": "first_order"}]))),
            ],
            Code::AlwaysAsks,
            "There is no customer for `price changes`: every `price change` will be asked.",
        ),
        (
            vec![
                not_denied,
                (allowed_price, limits(json!([{"kind": "sum", "most": usd("9.00"), "window": a_day("customer")}]))),
                (RULES, rule(json!({"actions": ["price.change"]}), json!([]))),
            ],
            Code::AlwaysDenied,
            "A limit counts per customer, but `price changes` are for none: every `price change` will be denied.",
        ),
        // Layer 4.
        (
            vec![("/audit_logging/mask", json!(["/arguments/total/amount"]))],
            Code::HiddenAmount,
            "The amount of `refunds` is masked: who decides cannot see it.",
        ),
        (vec![("/audit_logging/keep_days", json!(9))], Code::Fault, "Entries are kept 183 days at the least."),
    ] {
        assert_eq!(said(&changes, catalog()), [(code, sentence.to_owned())], "{changes:?}");
    }
}

#[test]
fn rules_that_are_all_switched_off_ask_nobody() {
    let off = [(&format!("{FIRST}/off") as &str, json!(true)), ("/approval_thresholds/rules/1/off", json!(true))];
    let codes: Vec<Code> = said(&off, catalog()).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, [Code::IrreversibleUnasked, Code::Unasked, Code::AllSwitchedOff]);
}

#[test]
fn a_rule_that_asks_of_anything_more_is_not_said_to_add_nothing() {
    let other = |member: &str, value: Value| {
        let mut rule = of_refunds(json!([{"kind": "amount_over", "limit": usd("80.00")}]));
        rule[member] = value;
        rule
    };
    for rule in [
        other("queue", json!("new")),
        other("needed", json!(2)),
        other("within_s", json!(60)),
        rule(json!({"effects": ["write", "internal"]}), json!([])),
        other("when", json!([{"kind": "amount_over", "limit": usd("40.00")}])),
        other("when", json!([{"kind": "count_over", "limit": 3, "window": a_day("customer")}])),
        other("else", json!({"escalate": {"queue": "new", "within_s": 60}})),
    ] {
        let new = Part::Rule { id: "new".to_owned() };
        let found = found(&[(RULES, rule.clone())], catalog());
        let adds_nothing = found.iter().any(|risk| risk.code == Code::AddsNothing && risk.part == new);
        assert_eq!(adds_nothing, rule["else"].is_object(), "{rule}: only a softer end adds nothing");
    }
}

#[test]
fn of_two_rules_that_say_the_same_the_later_adds_nothing() {
    let twice = said(&[(RULES, of_refunds(json!([{"kind": "amount_over", "limit": usd("50.00")}])))], catalog());
    assert_eq!(twice.len(), 1);
    let set: PermissionSet = serde_json::from_value({
        let mut set = set();
        set["approval_thresholds"]["rules"]
            .as_array_mut()
            .unwrap()
            .insert(0, of_refunds(json!([{"kind": "amount_over", "limit": usd("50.00")}])));
        set
    })
    .unwrap();
    let found = risks(&set, &serde_json::from_value(catalog()).unwrap());
    assert_eq!(found[0].part, Part::Rule { id: "refunds".to_owned() });
    assert_eq!((found[0].layer, found[0].severity), (Layer::ApprovalThresholds, Severity::Risky));
}
