//! What holds of everything that is read from text: money, JSON and its canonical form.

use domain::{
    json::{canonical, digest, parse},
    money::{Currency, Money},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

proptest! {
    #[test]
    fn money_is_read_back_as_it_was_written(minor in -i64::MAX..=i64::MAX, code in select(vec!["USD", "JPY", "KWD"])) {
        let money = Money { minor, currency: Currency::parse(code).unwrap() };
        prop_assert_eq!(Money::parse(&money.amount(), code), Ok(money));
        prop_assert_eq!(Money::from_json(&serde_json::to_value(money)?), Ok(money));
    }

    #[test]
    fn no_text_makes_the_reading_of_money_panic(amount in ".{0,30}", digits in "-?[0-9]{0,25}(\\.[0-9]{0,5})?") {
        let _ = Money::parse(&amount, "USD");
        if let Ok(money) = Money::parse(&digits, "KWD") {
            prop_assert_eq!(Money::parse(&money.amount(), "KWD"), Ok(money));
        }
    }

    #[test]
    fn the_strict_reader_never_panics_and_agrees_with_the_lenient_one(bytes in jsonish()) {
        if let Ok(value) = parse(&bytes) {
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes)?, value);
        }
    }

    #[test]
    fn the_strict_reader_takes_what_is_well_formed(value in document()) {
        prop_assert_eq!(parse(value.to_string().as_bytes()), Ok(value));
    }

    #[test]
    fn the_digest_does_not_depend_on_the_order_of_members(value in document()) {
        let (one, other) = (written(&value, false), written(&value, true));
        let digest_of = |text: &str| digest(&parse(text.as_bytes()).unwrap()).unwrap();
        prop_assert_eq!(digest_of(&one), digest_of(&other), "{} {}", one, other);
    }

    #[test]
    fn the_canonical_form_is_that_of_another_writer(value in document(), ask in crate::arbitrary::ask()) {
        prop_assert_eq!(canonical(&value)?, serde_json_canonicalizer::to_string(&value)?, "{}", value);
        prop_assert_eq!(canonical(&ask)?, serde_json_canonicalizer::to_string(&ask)?);
    }

    #[test]
    fn the_canonical_form_of_any_number_is_that_of_another_writer(
        float in any::<f64>(), single in any::<f32>(), signed in any::<i64>(), large in any::<i128>(),
    ) {
        prop_assert_eq!(canonical(&(signed, large))?, serde_json_canonicalizer::to_string(&(signed, large))?);
        let floats = (Some(float).filter(|n| n.is_finite()), Some(single).filter(|n| n.is_finite()), signed as u64);
        prop_assert_eq!(canonical(&floats)?, serde_json_canonicalizer::to_string(&floats)?);
    }

    #[test]
    fn names_sort_by_their_utf_16_units(names in prop::collection::btree_set(name(), 0..8)) {
        let object = Value::Object(names.iter().map(|name| (name.clone(), json!({ "a": name }))).collect());
        prop_assert_eq!(canonical(&object)?, serde_json_canonicalizer::to_string(&object)?, "{}", object);
    }
}

/// Names in which bytes, code points and UTF-16 units sort differently, and that need escapes.
fn name() -> impl Strategy<Value = String> {
    let parts =
        ["", "a", "B", " ", "!", "\"", "\\", "\n", "\u{1}", "\u{7f}", "é", "\u{ff5e}", "\u{e000}", "😀", "\u{10ffff}"];
    vec(select(parts.to_vec()), 0..3).prop_map(|parts| parts.concat())
}

/// JSON that every reader understands alike.
fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        "[^\u{0}]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let members = prop::collection::hash_map("[^\u{0}]{0,4}", inner.clone(), 0..5);
        prop_oneof![
            vec(inner, 0..5).prop_map(Value::from),
            members.prop_map(|m| Value::Object(m.into_iter().collect()))
        ]
    })
}

/// Any bytes, bits of JSON in any order, and JSON with something put into it.
fn jsonish() -> impl Strategy<Value = Vec<u8>> {
    let bits = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "1e400",
        "-0",
        "1E5",
        "18446744073709551616",
        " ",
        "nul",
        "null",
        "\"",
        "\\",
    ];
    prop_oneof![
        vec(any::<u8>(), 0..64),
        vec(select(bits.to_vec()), 0..24).prop_map(|bits| bits.concat().into_bytes()),
        (document(), any::<prop::sample::Index>(), select(bits.to_vec())).prop_map(|(value, at, bit)| {
            let mut bytes = value.to_string().into_bytes();
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, bit.bytes());
            bytes
        }),
    ]
}

/// `value` as text, its members in one order or the other.
fn written(value: &Value, backwards: bool) -> String {
    match value {
        Value::Array(values) => {
            format!("[{}]", values.iter().map(|v| written(v, backwards)).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("{}: {}", json!(name), written(value, backwards));
            let mut members: Vec<String> = members.iter().map(member).collect();
            if backwards {
                members.reverse();
            }
            format!("{{{}}}", members.join(","))
        }
        leaf => leaf.to_string(),
    }
}
