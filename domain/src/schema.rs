//! A named subset of JSON Schema: enough to check an action's arguments and to draw a form, and no more.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    json::MOST_INTEGER,
    money::{Currency, Money},
    sentence,
};

/// The shape of one value. Objects take no members beyond those named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schema {
    Object {
        #[serde(default)]
        properties: BTreeMap<String, Schema>,
        #[serde(default)]
        required: BTreeSet<String>,
    },
    /// Lengths count Unicode scalar values.
    String {
        #[serde(default)]
        min_length: usize,
        #[serde(default = "default_max_length")]
        max_length: usize,
        #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
        one_of: Vec<String>,
    },
    Integer {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
    },
    Boolean,
    Array {
        items: Box<Schema>,
        #[serde(default)]
        min_items: usize,
        #[serde(default = "default_max_items")]
        max_items: usize,
    },
    /// `{"amount": "72.50", "currency": "USD"}`; with `currency`, in that one only.
    Money {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        currency: Option<Currency>,
    },
}

fn default_max_length() -> usize {
    1000
}

fn default_max_items() -> usize {
    100
}

/// Where a value lies; written as a JSON pointer (RFC 6901).
enum Place<'a> {
    Start(&'a str),
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(pointer) => f.write_str(pointer),
            Self::Member(parent, name) => write!(f, "{parent}/{}", escape(name)),
            Self::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// Where a value does not fit, as a JSON pointer (RFC 6901), and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    pub pointer: String,
    pub detail: String,
}

impl Schema {
    /// An object without members: the arguments of an action that takes none.
    pub fn nothing() -> Self {
        Self::Object { properties: BTreeMap::new(), required: BTreeSet::new() }
    }

    /// Every place where `value` does not fit, with pointers that start with `at`.
    pub fn misfits(&self, value: &Value, at: &str) -> Vec<Misfit> {
        let mut found = Vec::new();
        self.check(value, &Place::Start(at), &mut found);
        found
    }

    fn check(&self, value: &Value, at: &Place<'_>, found: &mut Vec<Misfit>) {
        let mut say = |detail: String| found.push(Misfit { pointer: at.to_string(), detail });
        match (self, value) {
            (Self::Object { properties, required }, Value::Object(members)) => {
                for name in required.iter().filter(|name| !members.contains_key(*name)) {
                    say(format!("{} is missing", sentence::value(name)));
                }
                for (name, member) in members {
                    let place = Place::Member(at, name);
                    match properties.get(name) {
                        Some(schema) => schema.check(member, &place, found),
                        None => found.push(Misfit {
                            pointer: place.to_string(),
                            detail: format!("{} is not an argument of this action", sentence::value(name)),
                        }),
                    }
                }
            }
            (Self::String { min_length, max_length, one_of }, Value::String(text)) => {
                let length = text.chars().count();
                if length < *min_length {
                    say(format!("is shorter than {min_length} characters"));
                }
                if length > *max_length {
                    say(format!("is longer than {max_length} characters"));
                }
                if !one_of.is_empty() && !one_of.contains(text) {
                    let all: Vec<String> = one_of.iter().map(|one| sentence::value(one)).collect();
                    say(format!("is not one of {}", all.join(", ")));
                }
            }
            (Self::Integer { minimum, maximum }, Value::Number(number)) => match whole(number) {
                None => say("is not a whole number".to_owned()),
                Some(n) if minimum.is_some_and(|least| n < least) => say("is below the least value".to_owned()),
                Some(n) if maximum.is_some_and(|most| n > most) => say("is above the greatest value".to_owned()),
                Some(_) => {}
            },
            (Self::Boolean, Value::Bool(_)) => {}
            (Self::Array { items, min_items, max_items }, Value::Array(values)) => {
                if values.len() < *min_items {
                    say(format!("has fewer than {min_items} items"));
                }
                if values.len() > *max_items {
                    say(format!("has more than {max_items} items"));
                    return;
                }
                for (index, item) in values.iter().enumerate() {
                    items.check(item, &Place::Item(at, index), found);
                }
            }
            (Self::Money { currency }, value) => match Money::from_json(value) {
                Err(error) => say(error),
                Ok(money) if currency.is_some_and(|only| only != money.currency) => {
                    say(format!("is not in {}", currency.map(|c| c.to_string()).unwrap_or_default()));
                }
                Ok(_) => {}
            },
            (expected, _) => say(format!("is not {}", expected.kind())),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Object { .. } => "an object",
            Self::String { .. } => "a text",
            Self::Integer { .. } => "a whole number",
            Self::Boolean => "true or false",
            Self::Array { .. } => "a list",
            Self::Money { .. } => "an amount of money",
        }
    }
}

/// A whole number, also where it is written with a zero behind its point, as JSON Schema takes it.
fn whole(number: &serde_json::Number) -> Option<i64> {
    let of_float = || number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= MOST_INTEGER as f64).map(|n| n as i64);
    number.as_i64().or_else(of_float)
}

/// The steps of a JSON pointer as names.
pub fn steps(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
}

/// A member name as a segment of a JSON pointer (RFC 6901, section 3).
pub fn escape(name: &str) -> String {
    if !name.contains(['~', '/']) {
        return name.to_owned();
    }
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refund() -> Schema {
        serde_json::from_value(json!({"type": "object", "required": ["order_id", "total"], "properties": {
            "order_id": {"type": "string", "min_length": 2, "max_length": 20},
            "total": {"type": "money", "currency": "USD"},
            "count": {"type": "integer", "minimum": 1, "maximum": 9},
            "express": {"type": "boolean"},
            "item_ids": {"type": "array", "items": {"type": "string"}, "min_items": 1, "max_items": 2},
            "reason": {"type": "string", "enum": ["no longer needed", "ordered by mistake"]}
        }}))
        .unwrap()
    }

    #[test]
    fn arguments_that_fit_have_no_misfits() {
        let value = json!({"order_id": "#W1", "total": {"amount": "5.00", "currency": "USD"}, "item_ids": ["1"], "count": 2, "express": true});
        assert_eq!(refund().misfits(&value, "/arguments"), []);
        let mut written_as_a_float = value;
        written_as_a_float["count"] = json!(2.0);
        assert_eq!(refund().misfits(&written_as_a_float, "/arguments"), []);
    }

    #[test]
    fn every_misfit_is_named_with_its_pointer() {
        let good = json!({"order_id": "#W1", "total": {"amount": "5.00", "currency": "USD"}});
        for (member, value, pointer) in [
            ("order_id", json!("x"), "/arguments/order_id"),
            ("order_id", json!(7), "/arguments/order_id"),
            ("total", json!({"amount": "5.001", "currency": "USD"}), "/arguments/total"),
            ("total", json!({"amount": "5.00"}), "/arguments/total"),
            ("total", json!({"amount": "5.00", "currency": "EUR"}), "/arguments/total"),
            ("total", json!(5), "/arguments/total"),
            ("count", json!(0), "/arguments/count"),
            ("count", json!(1.5), "/arguments/count"),
            ("count", json!(10.0), "/arguments/count"),
            ("total", json!(null), "/arguments/total"),
            ("express", json!("yes"), "/arguments/express"),
            ("item_ids", json!([]), "/arguments/item_ids"),
            ("item_ids", json!(["1", "2", "3"]), "/arguments/item_ids"),
            ("item_ids", json!(["1", 2]), "/arguments/item_ids/1"),
            ("reason", json!("because"), "/arguments/reason"),
            ("a/b~c", json!(1), "/arguments/a~1b~0c"),
        ] {
            let mut bad = good.clone();
            bad[member] = value.clone();
            let found = refund().misfits(&bad, "/arguments");
            assert_eq!(found.iter().map(|m| m.pointer.as_str()).collect::<Vec<_>>(), [pointer], "{member}: {value}");
        }
        assert_eq!(refund().misfits(&json!({}), "/arguments").len(), 2);
        assert_eq!(refund().misfits(&json!([]), "/arguments").len(), 1);
    }
}
