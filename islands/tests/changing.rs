//! A form that changes arguments changes what its reader touched, and nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use domain::schema::Schema;
use islands::fields::{Fields, changed, drawn};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// Texts that forms, browsers and lists are apt to lose something of.
const HARD: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\na",
    "a\n",
    " a ",
    "a\rb",
    "a\nb",
    "[]",
    "{}",
    "null",
    "0",
    "-0",
    "+1",
    "1.50",
    "a,b",
    "\"",
    "</textarea>",
    "&copy=2",
    "AT&amp;T",
    "\u{200b}",
    "\u{2028}",
    "\u{85}",
    "\u{feff}a",
    "true",
    "5 USD",
    "\t",
    "e\u{301}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(HARD).prop_map(str::to_owned), 1 => vec(select(HARD), 2..4).prop_map(|all| all.concat())]
}

fn money() -> impl Strategy<Value = Value> {
    (select(&["72.50", "72.5", "0", "1000", "0.05"][..]), select(&["USD", "EUR"][..]))
        .prop_map(|(amount, currency)| json!({"amount": amount, "currency": currency}))
}

/// A schema, and a value that fits it.
fn shape() -> impl Strategy<Value = (Value, Value)> {
    let leaf = prop_oneof![
        text().prop_map(|text| (json!({"type": "string"}), json!(text))),
        any::<i64>().prop_map(|number| (json!({"type": "integer"}), json!(number))),
        any::<bool>().prop_map(|on| (json!({"type": "boolean"}), json!(on))),
        money().prop_map(|money| (json!({"type": "money"}), money)),
        money().prop_map(|money| (json!({"type": "money", "currency": money["currency"]}), money)),
        select(&["", "a", "b"][..]).prop_map(|one| (json!({"type": "string", "enum": ["", "a", "b"]}), json!(one))),
        vec(text(), 0..4).prop_map(|texts| (json!({"type": "array", "items": {"type": "string"}}), json!(texts))),
        vec(any::<i64>(), 0..3).prop_map(|all| (json!({"type": "array", "items": {"type": "integer"}}), json!(all))),
        vec(money(), 0..3).prop_map(|all| (json!({"type": "array", "items": {"type": "money"}}), json!(all))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let members = vec((inner.clone(), any::<bool>(), option::weighted(0.7, Just(()))), 0..4);
        prop_oneof![
            members.prop_map(object),
            (inner, 0..3_usize).prop_map(|((schema, value), count)| {
                (json!({"type": "array", "items": schema}), Value::Array(vec![value; count]))
            }),
        ]
    })
}

/// Members are named by their place, some with what a pointer or a field's name has to escape.
fn object(members: Vec<((Value, Value), bool, Option<()>)>) -> (Value, Value) {
    let (mut properties, mut required, mut value) = (Map::new(), Vec::new(), Map::new());
    for (index, ((schema, of), is_required, there)) in members.into_iter().enumerate() {
        let name = ["plain", "a/b", "c[d]", "e~f"][index].to_owned();
        properties.insert(name.clone(), schema);
        if is_required {
            required.push(name.clone());
        }
        if is_required || there.is_some() {
            value.insert(name, of);
        }
    }
    (json!({"type": "object", "properties": properties, "required": required}), Value::Object(value))
}

fn arguments() -> impl Strategy<Value = (Schema, Value)> {
    vec((shape(), any::<bool>(), option::weighted(0.7, Just(()))), 1..5).prop_map(|members| {
        let (schema, value) = object(members.into_iter().take(4).collect());
        (serde_json::from_value(schema).unwrap(), value)
    })
}

/// As a browser sends what it was given: it knows one end of a line, and sends both characters for it.
fn sent(fields: &Fields) -> Fields {
    let ends = |text: &String| text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    fields.iter().map(|(at, text)| (at.clone(), ends(text))).collect()
}

proptest! {
    #[test]
    fn what_nobody_touched_stays_to_the_last_character((schema, before) in arguments()) {
        prop_assert_eq!(schema.misfits(&before, ""), vec![]);
        let form = sent(&drawn(&schema, &before));
        prop_assert_eq!(&changed(&schema, &form, &before), &before);
        prop_assert_eq!(changed(&schema, &Fields::new(), &before), before, "nothing was sent");
    }

    #[test]
    fn a_change_of_one_member_leaves_the_others((schema, mut before) in arguments(), new in "[a-z]{1,8}") {
        let Schema::Object { mut properties, required } = schema else { unreachable!() };
        properties.insert("note".to_owned(), serde_json::from_value(json!({"type": "string"})).unwrap());
        let schema = Schema::Object { properties, required };
        before["note"] = json!("\nold\r\n");
        let mut form = sent(&drawn(&schema, &before));
        form.insert("/note".to_owned(), new.clone());
        let after = changed(&schema, &form, &before);
        before["note"] = json!(new);
        prop_assert_eq!(after, before);
    }
}

#[test]
fn a_list_keeps_the_items_that_stay() {
    let schema = serde_json::from_value(json!({"type": "object", "properties": {
        "parts": {"type": "array", "items": {"type": "money"}}, "note": {"type": "string"}}}));
    let before =
        json!({"parts": [{"amount": "5.5", "currency": "USD"}, {"amount": "1", "currency": "EUR"}], "note": ""});
    let form = Fields::from([("/parts".to_owned(), "1 EUR\r\n1,000.00 USD".to_owned())]);
    let after = changed(&schema.unwrap(), &form, &before);
    let parts = json!([{"amount": "1", "currency": "EUR"}, {"amount": "1000.00", "currency": "USD"}]);
    assert_eq!(after, json!({"parts": parts, "note": ""}));
}

#[test]
fn what_is_emptied_is_left_out_where_it_may_be() {
    let schema = serde_json::from_value(json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "note": {"type": "string"}, "total": {"type": "money", "currency": "USD"}}}));
    let before = json!({"name": "a", "note": "b", "total": {"amount": "5.00", "currency": "USD"}});
    let empty = |at: &str| (at.to_owned(), String::new());
    let form = Fields::from([empty("/name"), empty("/note"), empty("/total/amount")]);
    assert_eq!(changed(&schema.unwrap(), &form, &before), json!({"name": ""}));
}
