//! A schema by example: from a pasted call to the shape of an action's arguments, for a person to confirm.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    json,
    money::Money,
    schema::{Misfit, Schema, escape},
};

/// What an example suggests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Of an object, with every member of the example required.
    pub schema: Schema,
    /// The argument that holds the amount.
    pub amount: Option<String>,
    /// What a person should look at before they confirm, with its place in the arguments.
    pub remarks: Vec<Misfit>,
}

/// The lengths and counts that are proposed: the least that is twice as much as the example has.
const LENGTHS: [usize; 6] = [20, 40, 120, 400, 1000, 4000];
const COUNTS: [usize; 4] = [10, 20, 50, 100];

/// Words for an amount, the likeliest first.
const AMOUNTS: [&str; 8] = ["total", "amount", "refund", "value", "sum", "price", "cost", "fee"];

/// Reads a call as it was pasted: the arguments alone, or an object that holds them in `arguments`.
///
/// What a schema cannot say is refused, all of it at once, each with its place.
pub fn propose(text: &str) -> Result<Proposal, Vec<Misfit>> {
    let call = json::parse(text.as_bytes()).map_err(|misfit| vec![misfit])?;
    let arguments = arguments(&call)?;
    let mut reader = Reader::default();
    let schema = reader.object(arguments, "");
    match (schema, reader.refused.is_empty()) {
        (Some(schema), true) => Ok(Proposal { amount: reader.amount(&schema), schema, remarks: reader.remarks }),
        _ => Err(reader.refused),
    }
}

/// The arguments of a call; a model's call may hold them as text.
fn arguments(call: &Value) -> Result<&Map<String, Value>, Vec<Misfit>> {
    let misfit = |pointer: &str, detail: &str| vec![Misfit { pointer: pointer.to_owned(), detail: detail.to_owned() }];
    let Value::Object(members) = call else {
        return Err(misfit("", "is not an object, such as {\"order_id\": \"#W1\"}"));
    };
    let is_call = members.contains_key("action") || members.contains_key("name");
    match members.get("arguments") {
        Some(Value::Object(arguments)) if is_call || members.len() == 1 => Ok(arguments),
        Some(Value::String(_)) if is_call => {
            Err(misfit("/arguments", "is a text: paste what stands in it, without the quotation marks around it"))
        }
        _ => Ok(members),
    }
}

#[derive(Default)]
struct Reader {
    refused: Vec<Misfit>,
    remarks: Vec<Misfit>,
}

impl Reader {
    fn refuse(&mut self, place: &str, detail: impl Into<String>) -> Option<Schema> {
        self.refused.push(Misfit { pointer: place.to_owned(), detail: detail.into() });
        None
    }

    fn remark(&mut self, place: &str, detail: impl Into<String>) {
        self.remarks.push(Misfit { pointer: place.to_owned(), detail: detail.into() });
    }

    /// `None` where something was refused.
    fn value(&mut self, name: &str, value: &Value, place: &str) -> Option<Schema> {
        match value {
            Value::Null => self.refuse(place, "is null: leave it out, or give a value that it can have"),
            Value::Bool(_) => Some(Schema::Boolean),
            Value::Number(number) => match number.as_i64() {
                None if sounds_like_money(name) => self.refuse(place, as_money(value)),
                None => self.refuse(place, "is not a whole number: say it as a text, or in a smaller unit"),
                Some(n) => {
                    if sounds_like_money(name) {
                        self.remark(place, as_money(value));
                    }
                    Some(Schema::Integer { minimum: (n >= 0).then_some(0), maximum: None })
                }
            },
            Value::String(text) => {
                if sounds_like_money(name) && text.starts_with(|c: char| c.is_ascii_digit()) {
                    self.remark(place, as_money(value));
                }
                Some(string(text))
            }
            Value::Array(values) => self.list(name, values, place),
            Value::Object(members) => match Money::from_json(value) {
                Ok(money) => Some(Schema::Money { currency: Some(money.currency) }),
                Err(why) if members.contains_key("amount") && members.contains_key("currency") => self.refuse(
                    place,
                    format!(
                        "looks like money, which is written {{\"amount\": \"72.50\", \"currency\": \"USD\"}}: {why}"
                    ),
                ),
                Err(_) => self.object(members, place),
            },
        }
    }

    fn object(&mut self, members: &Map<String, Value>, place: &str) -> Option<Schema> {
        let mut properties = BTreeMap::new();
        for (name, value) in members {
            let schema = self.value(name, value, &format!("{place}/{}", escape(name)));
            properties.insert(name.clone(), schema);
        }
        let required = members.keys().cloned().collect();
        // Every member is read before one gives up, so that all is refused at once.
        let properties: Option<BTreeMap<String, Schema>> =
            properties.into_iter().map(|(name, schema)| Some((name, schema?))).collect();
        Some(Schema::Object { properties: properties?, required })
    }

    fn list(&mut self, name: &str, values: &[Value], place: &str) -> Option<Schema> {
        if values.is_empty() {
            return self.refuse(place, "is an empty list: give it an item, so that it is known what it holds");
        }
        let read: Vec<Option<Schema>> =
            values.iter().enumerate().map(|(at, item)| self.value(name, item, &format!("{place}/{at}"))).collect();
        let items: Option<Vec<Schema>> = read.into_iter().collect();
        let mut items = items?.into_iter();
        let first = items.next()?;
        let Some(one) = items.try_fold(first, both) else {
            return self.refuse(place, "holds items of different kinds");
        };
        let max_items = at_least(&COUNTS, values.len() * 2);
        if values.len() > max_items {
            self.remark(place, format!("has {} items, and a list has at most {max_items}", values.len()));
        }
        Some(Schema::Array { items: Box::new(one), min_items: 0, max_items: max_items.max(values.len()) })
    }

    /// The amount argument: the only money, or the one that is called so.
    fn amount(&mut self, schema: &Schema) -> Option<String> {
        let Schema::Object { properties, .. } = schema else { return None };
        let money = properties.iter().filter(|(_, schema)| matches!(schema, Schema::Money { .. }));
        let names: Vec<&String> = money.map(|(name, _)| name).collect();
        match names.as_slice() {
            [] => None,
            [only] => Some((*only).clone()),
            several => {
                let called = |word: &&str| several.iter().find(|name| name.as_str() == *word);
                let likeliest = AMOUNTS.iter().find_map(called).or(several.first());
                self.remark("", "holds more than one amount of money: limits and rules look at one of them");
                likeliest.map(|name| (*name).clone())
            }
        }
    }
}

fn sounds_like_money(name: &str) -> bool {
    let name = name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|word| AMOUNTS.contains(&word))
}

fn as_money(value: &Value) -> String {
    let digits = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let amount = match Money::parse(&digits, "USD") {
        Ok(money) => money.amount(),
        Err(_) => "72.50".to_owned(),
    };
    format!(
        "looks like money: say it as {{\"amount\": \"{amount}\", \"currency\": \"USD\"}}, so that limits can look at it"
    )
}

fn string(text: &str) -> Schema {
    let length = text.chars().count();
    let max_length = at_least(&LENGTHS, length * 2).max(length);
    Schema::String { min_length: usize::from(length > 0), max_length, one_of: Vec::new() }
}

fn at_least(steps: &[usize], wanted: usize) -> usize {
    steps.iter().copied().find(|step| *step >= wanted).or(steps.last().copied()).unwrap_or(wanted)
}

/// What fits both; `None` of different kinds.
fn both(one: Schema, other: Schema) -> Option<Schema> {
    use Schema::*;
    Some(match (one, other) {
        (Boolean, Boolean) => Boolean,
        (Integer { minimum: one, .. }, Integer { minimum: other, .. }) => {
            Integer { minimum: one.and(other), maximum: None }
        }
        (String { min_length, max_length, .. }, String { min_length: other_min, max_length: other_max, .. }) => {
            String { min_length: min_length.min(other_min), max_length: max_length.max(other_max), one_of: Vec::new() }
        }
        (Money { currency }, Money { currency: other }) => {
            Money { currency: currency.filter(|currency| Some(*currency) == other) }
        }
        (Array { items, min_items, max_items }, Array { items: other, min_items: other_min, max_items: other_max }) => {
            Array {
                items: Box::new(both(*items, *other)?),
                min_items: min_items.min(other_min),
                max_items: max_items.max(other_max),
            }
        }
        (Object { properties, required }, Object { properties: mut others, required: other_required }) => {
            let mut all = BTreeMap::new();
            for (name, schema) in properties {
                let schema = match others.remove(&name) {
                    Some(other) => both(schema, other)?,
                    None => schema,
                };
                all.insert(name, schema);
            }
            all.extend(others);
            let required: BTreeSet<_> = required.intersection(&other_required).cloned().collect();
            Object { properties: all, required }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema(value: Value) -> Value {
        let mut schema = serde_json::to_value(propose(&json!({ "x": value }).to_string()).unwrap().schema).unwrap();
        schema["properties"]["x"].take()
    }

    fn refused(text: &str) -> Vec<(String, String)> {
        propose(text).unwrap_err().into_iter().map(|misfit| (misfit.pointer, misfit.detail)).collect()
    }

    #[test]
    fn each_kind_of_value_gets_its_schema() {
        let text = |min: usize, max: usize| json!({"type": "string", "min_length": min, "max_length": max});
        for (value, expected) in [
            (json!("#W6067464"), text(1, 20)),
            (json!("a text that is somewhat longer than a name is"), text(1, 120)),
            (json!(""), text(0, 20)),
            (json!("x".repeat(5000)), text(1, 5000)),
            (json!(3), json!({"type": "integer", "minimum": 0})),
            (json!(-3), json!({"type": "integer"})),
            (json!(true), json!({"type": "boolean"})),
            (json!({"amount": "72.50", "currency": "EUR"}), json!({"type": "money", "currency": "EUR"})),
            (json!(["a", "bc"]), json!({"type": "array", "items": text(1, 20), "min_items": 0, "max_items": 10})),
            (
                json!([{"sku": "a", "n": 1}, {"sku": "b"}]),
                json!({"type": "array", "min_items": 0, "max_items": 10, "items": {"type": "object", "required": ["sku"],
                    "properties": {"sku": text(1, 20), "n": {"type": "integer", "minimum": 0}}}}),
            ),
            (
                json!({"city": "Bath"}),
                json!({"type": "object", "required": ["city"], "properties": {"city": text(1, 20)}}),
            ),
        ] {
            assert_eq!(schema(value.clone()), expected, "{value}");
        }
    }

    #[test]
    fn what_a_schema_cannot_say_is_refused_with_its_place_and_in_plain_words() {
        assert_eq!(refused("[1]")[0].1, "is not an object, such as {\"order_id\": \"#W1\"}");
        assert_eq!(
            refused(r#"{"a": null, "b": [1, "x"], "c": {"d/e": 1.5}, "f": [], "total": 72.5}"#),
            [
                ("/a", "is null: leave it out, or give a value that it can have"),
                ("/b", "holds items of different kinds"),
                ("/c/d~1e", "is not a whole number: say it as a text, or in a smaller unit"),
                ("/f", "is an empty list: give it an item, so that it is known what it holds"),
                (
                    "/total",
                    "looks like money: say it as {\"amount\": \"72.50\", \"currency\": \"USD\"}, so that limits can look at it"
                ),
            ]
            .map(|(place, detail)| (place.to_owned(), detail.to_owned()))
        );
        let half = &refused(r#"{"total": {"amount": 72.5, "currency": "USD"}}"#)[0];
        assert!(half.0 == "/total" && half.1.starts_with("looks like money, which is written"), "{half:?}");
        assert_eq!(refused(r#"{"a": 1, "a": 2}"#), [("/a".to_owned(), "stands twice".to_owned())]);
    }

    #[test]
    fn numbers_and_texts_that_are_called_amounts_are_pointed_out() {
        for (name, value) in [("total", json!(7250)), ("unit_price", json!("72.50")), ("refund", json!(0))] {
            let remarks = propose(&json!({ name: value }).to_string()).unwrap().remarks;
            assert_eq!(remarks.len(), 1, "{name}");
            assert!(remarks[0].pointer == format!("/{name}") && remarks[0].detail.starts_with("looks like money"));
        }
        for (name, value) in [("totally", json!(7)), ("value", json!("new")), ("count", json!(7))] {
            assert_eq!(propose(&json!({ name: value }).to_string()).unwrap().remarks, [], "{name}");
        }
    }

    #[test]
    fn the_amount_is_the_only_money_or_the_one_that_is_called_so() {
        let usd = json!({"amount": "1.00", "currency": "USD"});
        let amount = |value: Value| propose(&value.to_string()).unwrap().amount;
        assert_eq!(amount(json!({"order_id": "a"})), None);
        assert_eq!(amount(json!({"postage": usd})), Some("postage".to_owned()));
        assert_eq!(amount(json!({"deduction": usd, "total": usd})), Some("total".to_owned()));
        assert_eq!(amount(json!({"order": {"total": usd}})), None, "it is looked for at the top only");
    }

    #[test]
    fn a_whole_call_is_read_for_its_arguments() {
        let alone = propose(r##"{"order_id": "#W1"}"##).unwrap();
        for call in [
            r##"{"action": "order.refund", "arguments": {"order_id": "#W1"}, "customer": {"id": "omar"}}"##,
            r##"{"name": "refund", "arguments": {"order_id": "#W1"}}"##,
            r##"{"arguments": {"order_id": "#W1"}}"##,
        ] {
            assert_eq!(propose(call).unwrap(), alone);
        }
        assert_eq!(refused(r#"{"name": "refund", "arguments": "{}"}"#)[0].0, "/arguments");
    }
}
