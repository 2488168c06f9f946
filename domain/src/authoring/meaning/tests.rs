use super::*;
use serde_json::{Value, json};

use crate::{catalog::Catalog, permission::PermissionSet, schema::Schema};

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
    means("Support", &set(scope), &catalog(), &after)
}

fn means(agent: &str, set: &PermissionSet, before: &Catalog, after: &Catalog) -> Vec<String> {
    meaning(agent, set, before, after).into_iter().map(|said| said.sentence).collect()
}

#[test]
fn each_change_of_meaning_is_said_with_its_agent() {
    for (changes, sentence) in [
        (vec![("/amount", Value::Null)], "money look at nothing any more: `refunds` would have no amount."),
        (vec![("/amount", json!("fee"))], "money look at `fee` of `refunds` instead of `total`."),
        (
            vec![("/arguments/required", json!([]))],
            "`refunds` may leave out `total` from now on; then nobody knows how much they move, so that rules about money \
            ask for them, and limits deny them.",
        ),
        (
            vec![("/arguments/required", json!([])), ("/absent_amount", json!("nothing_moves"))],
            "money count `refunds` without `total` as moving nothing from now on: rules about it do not ask for them, and \
            limits let them through.",
        ),
        (vec![("/absent_amount", json!("nothing_moves"))], "money count `refunds` without `total` as moving nothing"),
        (vec![("/zero_amount", json!(true))], "`refunds` may have a `total` of zero from now on, which was denied."),
        (
            vec![("/effect", json!("internal"))],
            "rules for whatever changes an outside system no longer ask about `refunds`.",
        ),
        (vec![("/for_customer", json!(false))], "`refunds` no longer need a customer, nor what set them off."),
        (vec![("/data_sets", json!([]))], "`refunds` no longer rest on what was checked: `Orders`."),
        (vec![("/data_sets", json!(["orders", "notes"]))], "`refunds` rest on more: `Notes`."),
        (
            vec![("/reversibility", json!({"kind": "reversible", "how": "so"}))],
            "rules for what cannot be undone no longer ask about `refunds`.",
        ),
        (
            vec![("/reversibility", json!({"kind": "until", "moment": "then", "how": "so"}))],
            "`refunds` count as what can be undone for a while.",
        ),
        (vec![("/integration", Value::Null)], "the circuit breaker of `Shop` no longer pauses `refunds`."),
        (
            vec![("/integration", json!("bank"))],
            "the circuit breaker of `Bank` pauses `refunds`, that of `Shop` no longer does.",
        ),
        (
            vec![("/arguments/properties", json!({"total": {"type": "money"}, "iban": {"type": "string"}}))],
            "masks hide `card`, which `refunds` no longer have: what takes its place is shown.",
        ),
    ] {
        let said = said(allowed(), &changes);
        assert!(said.iter().any(|said| said.starts_with("`Support`") && said.contains(sentence)), "{said:?}");
    }
}

#[test]
fn the_way_back_of_what_an_absent_amount_and_zero_mean_is_said_too() {
    let lax = changed(&[("/absent_amount", json!("nothing_moves")), ("/zero_amount", json!(true))]);
    let lax = catalog().with(&lax);
    assert_eq!(
        means("Support", &set(allowed()), &lax, &catalog()),
        [
            "`Support`’s rules and limits about money count `refunds` without `total` as moving nobody knows how much from \
            now on: rules about it ask for them, and limits deny them.",
            "`Support`: `refunds` with a `total` of zero are denied from now on.",
        ]
    );
    let left_out = changed(&[
        ("/absent_amount", json!("nothing_moves")),
        ("/zero_amount", json!(true)),
        ("/arguments/required", json!([])),
    ]);
    assert_eq!(
        means("Support", &set(allowed()), &lax, &lax.clone().with(&left_out))[0],
        "`Support`’s rules and limits about money look at nothing where `refunds` leave out `total`, which they may from now \
        on: they count as moving nothing."
    );
}

/// Whatever differs has a sentence and a line.
#[test]
fn no_field_of_an_action_type_changes_unseen() {
    let full = json!({"absent_amount": "nothing_moves", "zero_amount": true});
    let mut base = action();
    base.as_object_mut().unwrap().extend(full.as_object().unwrap().clone());
    let before: ActionType = serde_json::from_value(base.clone()).unwrap();
    let mut before_all = catalog();
    before_all.actions = vec![before.clone()];
    let others = json!({
        "label": "Payback", "sentence": "Pay back", "effect": "message",
        "reversibility": {"kind": "reversible", "how": "so"}, "integration": "bank", "data_sets": ["notes"],
        "amount": "fee", "absent_amount": "unknown", "zero_amount": false, "for_customer": false,
        "arguments": {"type": "object", "required": ["total"], "properties": {
            "total": {"type": "money"}, "fee": {"type": "money"},
            "card": {"type": "string", "enum": ["a", "bb"], "max_length": 1}}},
    });
    let fields = serde_json::to_value(&before).unwrap();
    for name in fields.as_object().unwrap().keys().map(String::as_str).chain(["for_customer"]) {
        if name == "name" {
            continue;
        }
        let mut after = base.clone();
        after[name] = others[name].clone();
        let change = Change::ActionType { action: serde_json::from_value(after).unwrap(), seen: Some(1) };
        let told = change.told(&before_all);
        assert_eq!(told.len(), 1, "{name}: {told:?}");
        let said = means("Support", &set(allowed()), &before_all, &before_all.clone().with(&change));
        assert!(!said.is_empty(), "{name}");
    }
}

/// A value is drawn in one line and without backticks: what is called otherwise may look the same, and is another.
#[test]
fn what_is_drawn_alike_is_another_all_the_same() {
    let mut base = serde_json::to_value(catalog()).unwrap();
    base["actions"][0]["arguments"]["properties"]["card"]["enum"] = json!(["x"]);
    base["actions"][0]["reversibility"] = json!({"kind": "reversible", "how": "x"});
    let with = |at: &str, name: &str| -> Catalog {
        let mut catalog = base.clone();
        *catalog.pointer_mut(at).unwrap() = json!(name);
        serde_json::from_value(catalog).unwrap()
    };
    let of_action = ["label", "sentence", "integration", "reversibility/how", "arguments/properties/card/enum/0"];
    let of_action = of_action.map(|at| format!("/actions/0/{at}"));
    let others = ["/data_sets/0/label", "/queues/0/name", "/integrations/0/name"].map(str::to_owned);
    for at in of_action.iter().chain(&others) {
        for [old, new] in [["a`b", "a'b"], ["a\nb", "a b"]] {
            let (before, after) = (with(at, old), with(at, new));
            assert!(!means("Support", &set(allowed()), &before, &after).is_empty(), "{at}");
            let change = match at.split('/').nth(1) {
                Some("actions") => Change::ActionType { action: after.actions[0].clone(), seen: Some(1) },
                Some("data_sets") => Change::DataSet { set: after.data_sets[0].clone(), seen: None },
                _ => continue,
            };
            assert_eq!(change.told(&before).len(), 1, "{at}");
        }
    }
}

#[test]
fn a_choice_that_its_length_shuts_out_is_none() {
    let one_of =
        |most: usize| Schema::String { min_length: 0, max_length: most, one_of: vec!["a".into(), "bb".into()] };
    assert_eq!(
        [one_of(0), one_of(1), one_of(2)].map(|schema| kind::kind(&schema, crate::sentence::value)),
        ["nothing that fits", "one of `a`", "one of `a` and `bb`"]
    );
}

#[test]
fn what_is_newly_risky_is_said_and_no_old_risk() {
    let none = said(allowed(), &[("/amount", Value::Null)]);
    assert!(
        none.contains(
            &"`Support`, the rule for `Refund`, when the amount is over $50.00 (3 different people from `Leads`): This rule \
              never asks: `refunds` have no amount."
                .to_owned()
        ),
        "{none:?}"
    );
    assert!(none.contains(&"`Support`: `Refunds` have no amount, so this limit never holds.".to_owned()), "{none:?}");
    // Without a limit, refunds have no upper limit under any name.
    let renamed = said(json!({"allow": {"order.refund": {}}}), &[("/label", json!("Payback"))]);
    assert_eq!(renamed, ["`Support`: what was called `Refund` is called `Payback` from now on."]);
}

#[test]
fn what_people_who_decide_read_is_part_of_what_it_means() {
    let words = [("/label", json!("Send a card")), ("/sentence", json!("Send a thank-you note"))];
    assert_eq!(
        said(allowed(), &words),
        [
            "`Support`: what was called `Refund` is called `Send a card` from now on.",
            "`Support`: people who decide about `send a cards` read `Send a thank-you note` from now on, before `Refund`.",
        ]
    );
    let undoing = |how: &str| ("/reversibility", json!({"kind": "reversible", "how": how}));
    let [before, after] = ["Charge it again.", "Nothing to do."].map(|how| catalog().with(&changed(&[undoing(how)])));
    assert_eq!(
        means("Support", &set(allowed()), &before, &after),
        [
            "`Support`: people read of `refunds` `Can be undone: Nothing to do.` from now on, before `Can be undone: Charge \
             it again.`."
        ]
    );
}

#[test]
fn what_is_not_allowed_means_nothing() {
    let amount = [("/amount", Value::Null)];
    assert_eq!(said(json!({"allow": {}}), &amount), [""; 0]);
    assert_eq!(said(json!({"allow": {"order.refund": {}}, "deny": ["order.refund"]}), &amount), [""; 0]);
}

#[test]
fn a_new_type_that_is_allowed_already_is_said_to_be() {
    let mut before = catalog();
    before.actions.clear();
    let said = means("Support", &set(allowed()), &before, &catalog());
    assert_eq!(said[0], "`Support`’s permissions name it already: `refunds` are allowed from now on.");
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
        means("Support", &set(allowed()), &narrow, &wide),
        [
            "`Support`: `refunds` have other arguments: `percent` is a whole number of at most 100, before a whole number of \
            at most 20."
        ]
    );
    assert_eq!(means("Support", &set(allowed()), &wide, &wide), [""; 0]);
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
        means("Support", &touching(), &before, &after),
        ["`Support`’s rules know by other words what touches on `legal`: no longer `lawyer`; from now on `zzzz`."]
    );
    let none = means("Support", &touching(), &before, &with_words(&[]));
    assert!(none.iter().any(|said| said.contains("The shop has no words for `legal`")), "{none:?}");
    assert_eq!(means("Support", &set(allowed()), &before, &after), [""; 0]);
    // Decisions take these for the same topic, and so does this.
    for topic in ["Légal", "LEGAL", "ｌｅｇａｌ", " legal\u{200b}"] {
        let list = |words: &[&str]| {
            let mut catalog = catalog();
            catalog.word_lists = [(topic.to_owned(), words.iter().map(|word| (*word).to_owned()).collect())].into();
            catalog
        };
        let gone = means("Support", &touching(), &list(&["lawyer"]), &list(&[]));
        assert!(gone.iter().any(|said| said.contains("no longer `lawyer`")), "{topic}: {gone:?}");
        assert!(list(&["lawyer"]).has_words_for("legal"), "{topic}");
    }
    let off = with_words(&["small claims", "ＬÂWYER "]);
    assert_eq!(means("Support", &touching(), &before, &off), [""; 0], "case and order mean nothing");
}

#[test]
fn rules_that_differ_by_their_queue_alone_are_told_apart() {
    let mut set = set(allowed());
    let rules = &mut set.approval_thresholds.rules;
    let mut other = rules[2].clone();
    (other.id, other.queue, other.needed) = ("other".to_owned(), "desk".to_owned(), 1);
    rules.push(other);
    let after = catalog().with(&changed(&[("/amount", Value::Null)]));
    let said = means("Support", &set, &catalog(), &after);
    for people in ["3 different people from `Leads`", "one person from `desk`"] {
        let rule = format!("the rule for `Refund`, when the amount is over $50.00 ({people}): This rule never asks");
        assert_eq!(said.iter().filter(|said| said.contains(&rule)).count(), 1, "{people}: {said:?}");
    }
}

#[test]
fn a_queue_that_is_gone_or_renamed_is_said_and_its_people_are_not() {
    let (mut gone, mut empty) = (catalog(), catalog());
    gone.queues.clear();
    let said = means("Support", &set(allowed()), &catalog(), &gone);
    assert!(
        said.contains(
            &"`Support`, the rule for every action that changes an outside system (2 different people from `leads`): There is \
              no queue `leads`."
                .to_owned()
        ),
        "{said:?}"
    );
    empty.queues[0].name = "Legal".to_owned();
    empty.integrations[0].name = "Newsletter".to_owned();
    empty.integrations[1].name = "What nothing runs on".to_owned();
    empty.data_sets[0].label = "Products".to_owned();
    assert_eq!(
        means("Support", &set(allowed()), &catalog(), &empty),
        [
            "`Support` may read what was called `Orders`, and is called `Products` from now on.",
            "`Support`: the queue `Leads` is called `Legal` from now on.",
            "`Support`: the integration `Shop` is called `Newsletter` from now on.",
        ]
    );
}

#[test]
fn how_private_data_is_is_said_to_whoever_may_read_it() {
    let set_of = |sensitivity: &str| {
        serde_json::from_value(json!({"name": "orders", "label": "Orders", "sensitivity": sensitivity}))
    };
    let after = catalog().with(&Change::DataSet { set: set_of("public").unwrap(), seen: None });
    assert_eq!(
        means("Support", &set(allowed()), &catalog(), &after),
        ["`Support` may read `Orders`, which counts as public from now on, before as personal."]
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
    assert_eq!(
        replaced_words(&file, &before).into_iter().map(|said| said.sentence).collect::<Vec<_>>(),
        ["The shop’s words for `Legal`: no longer `lawyer`; from now on `zzzz`."]
    );
}

#[test]
fn a_change_is_told_before_and_after() {
    let change = changed(&[("/amount", Value::Null), ("/label", json!("Payback"))]);
    let told = change.told(&catalog());
    let lines: Vec<String> = told.iter().map(|what| format!("{what:?}")).collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(lines[0].contains("Label: `Refund`") && lines[0].contains("Label: `Payback`"), "{lines:?}");
    assert_eq!(Change::OneToPublish.subject(), "publishing");
}
