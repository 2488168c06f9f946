//! The arguments of a request as the fields of a form, and back.
//!
//! A field is named by the JSON pointer of its value: `fields[/total/amount]`. Lists of short values are one field, a
//! value a line; other lists have the fields of each item.

use std::collections::BTreeMap;

use domain::{
    money::{Currency, Money},
    schema::{Schema, escape},
};
use serde_json::{Map, Value, json};

/// What a form sends: texts by JSON pointer.
pub type Fields = BTreeMap<String, String>;

/// Reads the arguments back from a form that was drawn from their schema.
///
/// An optional value that was left empty is left out. What cannot be read stays the text that it is, for the schema to
/// refuse where it stands.
pub fn arguments(schema: &Schema, fields: &Fields) -> Value {
    read(schema, "", fields).unwrap_or_else(|| json!({}))
}

/// Reads arguments back from a form that was drawn from `before`: what its reader left as it was drawn stays what it is, to
/// the last character.
pub fn changed(schema: &Schema, fields: &Fields, before: &Value) -> Value {
    let shown = drawn(schema, before);
    // What was not sent was not touched.
    let mut all = shown.clone();
    all.extend(fields.iter().map(|(at, text)| (at.clone(), text.clone())));
    let form = Changing { fields: &all, drawn: &shown };
    form.read(schema, "", Some(before)).unwrap_or_else(|| json!({}))
}

/// The texts that a form of a value is drawn with.
pub fn drawn(schema: &Schema, value: &Value) -> Fields {
    let mut fields = Fields::new();
    draw(schema, "", Some(value), &mut fields);
    fields
}

fn draw(schema: &Schema, at: &str, value: Option<&Value>, into: &mut Fields) {
    let text = |value: Option<&Value>| value.map(line).unwrap_or_default();
    match schema {
        Schema::Object { properties, .. } => {
            for (name, schema) in properties {
                draw(schema, &member(at, name), value.and_then(|value| value.get(name)), into);
            }
        }
        Schema::Array { items, .. } => {
            let values = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            match fits_lines(items, values) {
                true => _ = into.insert(at.to_owned(), lines(values)),
                false => values.iter().enumerate().for_each(|(index, value)| {
                    draw(items, &format!("{at}/{index}"), Some(value), into);
                }),
            }
        }
        Schema::Money { currency } => {
            let part = |name: &str| value.and_then(|value| value.get(name)?.as_str()).unwrap_or_default().to_owned();
            into.insert(member(at, "amount"), part("amount"));
            if currency.is_none() {
                into.insert(member(at, "currency"), part("currency"));
            }
        }
        _ => _ = into.insert(at.to_owned(), text(value)),
    }
}

/// A form that changes arguments.
struct Changing<'a> {
    fields: &'a Fields,
    drawn: &'a Fields,
}

impl Changing<'_> {
    fn read(&self, schema: &Schema, at: &str, before: Option<&Value>) -> Option<Value> {
        if self.is_untouched(at) {
            return before.cloned();
        }
        match schema {
            Schema::Object { properties, required } => {
                let members = properties.iter().filter_map(|(name, schema)| {
                    let (at, before) = (member(at, name), before.and_then(|before| before.get(name)));
                    let left_out = !required.contains(name) && is_empty(schema, &at, self.fields);
                    let value = if self.is_untouched(&at) || !left_out { self.read(schema, &at, before) } else { None };
                    Some((name.clone(), value?))
                });
                Some(Value::Object(members.collect()))
            }
            Schema::Array { items, .. } => {
                let values = before.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                Some(Value::Array(match self.fields.get(at) {
                    Some(text) => self.lines(items, text, values),
                    None => values
                        .iter()
                        .enumerate()
                        .filter_map(|(index, value)| self.read(items, &format!("{at}/{index}"), Some(value)))
                        .collect(),
                }))
            }
            single => read(single, at, self.fields),
        }
    }

    /// A line that stood there already is the value that it was.
    fn lines(&self, items: &Schema, text: &str, before: &[Value]) -> Vec<Value> {
        let known = |text: &str| before.iter().find(|value| line(value) == text).cloned();
        let text = as_typed(text);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| known(line).unwrap_or_else(|| read_text(items, line))).collect()
    }

    /// Whether all that stands at a pointer and below is as it was drawn.
    fn is_untouched(&self, at: &str) -> bool {
        let inside = format!("{at}/");
        let here = |pointer: &&String| *pointer == at || pointer.starts_with(&inside);
        self.fields
            .iter()
            .filter(|(pointer, _)| here(pointer))
            .all(|(pointer, text)| self.drawn.get(pointer).is_some_and(|drawn| as_typed(drawn) == as_typed(text)))
    }
}

/// A browser ends the lines of a form with both characters, and knows no others.
fn as_typed(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A list as its field holds it.
pub fn lines(values: &[Value]) -> String {
    values.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The pointer of a member. Brackets are escaped too, as they end a field's name.
pub fn member(at: &str, name: &str) -> String {
    format!("{at}/{}", escape(name).replace('[', "~2").replace(']', "~3"))
}

/// The name of the field that holds the value at a pointer.
pub fn field(pointer: &str) -> String {
    format!("fields[{pointer}]")
}

/// The pointer of the value that a field holds, if it is one of these.
pub fn pointer(field: &str) -> Option<&str> {
    field.strip_prefix("fields[")?.strip_suffix(']')
}

/// Whether a list can be written a value a line without loss.
pub fn fits_lines(items: &Schema, values: &[Value]) -> bool {
    let short =
        matches!(items, Schema::String { .. } | Schema::Integer { .. } | Schema::Boolean | Schema::Money { .. });
    let plain = |line: String| line.trim() == line && !line.is_empty() && !line.contains(['\n', '\r']);
    short && values.iter().map(line).all(plain)
}

/// One value of a list, as a line of its field.
pub fn line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(money) => {
            let part = |name: &str| money.get(name).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", part("amount"), part("currency"))
        }
        other => other.to_string(),
    }
}

fn read(schema: &Schema, at: &str, fields: &Fields) -> Option<Value> {
    match schema {
        Schema::Object { properties, required } => {
            let members: Map<String, Value> = properties
                .iter()
                .map(|(name, schema)| (name, schema, member(at, name)))
                .filter(|(name, schema, at)| required.contains(*name) || !is_empty(schema, at, fields))
                .filter_map(|(name, schema, at)| Some((name.clone(), read(schema, &at, fields)?)))
                .collect();
            Some(Value::Object(members))
        }
        Schema::Array { items, .. } => Some(Value::Array(read_list(items, at, fields))),
        Schema::Money { currency } => {
            let amount = fields.get(&member(at, "amount"))?;
            let stated = fields.get(&member(at, "currency")).map(|code| code.trim().to_owned());
            let currency = currency.map(|only| only.to_string()).or(stated)?;
            Some(read_money(amount, &currency))
        }
        single => fields.get(at).map(|text| read_text(single, text)),
    }
}

fn read_list(items: &Schema, at: &str, fields: &Fields) -> Vec<Value> {
    match fields.get(at) {
        Some(text) => text.lines().map(str::trim).filter(|l| !l.is_empty()).map(|l| read_text(items, l)).collect(),
        None => (0..).map_while(|index| read_item(items, &format!("{at}/{index}"), fields)).collect(),
    }
}

fn read_item(items: &Schema, at: &str, fields: &Fields) -> Option<Value> {
    let inside = format!("{at}/");
    let is_there = fields.contains_key(at) || fields.keys().any(|pointer| pointer.starts_with(&inside));
    if is_there { read(items, at, fields) } else { None }
}

fn read_text(schema: &Schema, text: &str) -> Value {
    let text = as_typed(text);
    let read = match schema {
        Schema::Integer { .. } => text.trim().parse::<i64>().ok().map(Value::from),
        Schema::Boolean => text.trim().parse::<bool>().ok().map(Value::from),
        Schema::Money { currency } => {
            let stated = text.rsplit_once(' ').filter(|(_, code)| Currency::parse(code).is_ok());
            let (amount, stated) = stated.map_or((text.as_str(), None), |(amount, code)| (amount, Some(code)));
            let currency = stated.map(str::to_owned).or_else(|| currency.map(|only| only.to_string()));
            currency.map(|currency| read_money(amount, &currency))
        }
        _ => None,
    };
    read.unwrap_or(Value::String(text))
}

/// What is no amount stays what it is, for the schema to refuse.
fn read_money(amount: &str, currency: &str) -> Value {
    let typed = Currency::parse(currency).and_then(|known| Money::typed(amount, known));
    let amount = typed.map_or_else(|_| amount.trim().to_owned(), |money| money.amount());
    json!({"amount": amount, "currency": currency})
}

fn is_empty(schema: &Schema, at: &str, fields: &Fields) -> bool {
    let nothing_at = |at: &str| fields.get(at).is_none_or(|text| text.trim().is_empty());
    match schema {
        Schema::Object { properties, .. } => {
            properties.iter().all(|(name, schema)| is_empty(schema, &member(at, name), fields))
        }
        Schema::Array { items, .. } => nothing_at(at) && is_empty(items, &format!("{at}/0"), fields),
        Schema::Money { .. } => nothing_at(&member(at, "amount")),
        _ => nothing_at(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        serde_json::from_value(json!({"type": "object", "required": ["order_id", "total", "item_ids"], "properties": {
            "order_id": {"type": "string"},
            "total": {"type": "money", "currency": "USD"},
            "tip": {"type": "money"},
            "count": {"type": "integer"},
            "express": {"type": "boolean"},
            "note": {"type": "string"},
            "item_ids": {"type": "array", "items": {"type": "string"}},
            "parts": {"type": "array", "items": {"type": "money"}},
            "lines": {"type": "array", "items": {"type": "object", "required": ["sku"], "properties": {
                "sku": {"type": "string"}, "count": {"type": "integer"}}}},
            "address": {"type": "object", "required": ["street"], "properties": {"street": {"type": "string"}}},
            "a/b[c]": {"type": "string"}
        }}))
        .unwrap()
    }

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let least = [("/order_id", "#W1"), ("/total/amount", "5.00"), ("/item_ids", "1\r\n 2\r\n\r\n")];
        least.iter().chain(pairs).map(|(at, text)| ((*at).to_owned(), (*text).to_owned())).collect()
    }

    fn with(member: &str, value: Value) -> Value {
        let mut all =
            json!({"order_id": "#W1", "total": {"amount": "5.00", "currency": "USD"}, "item_ids": ["1", "2"]});
        all[member] = value;
        all
    }

    #[test]
    fn each_kind_of_value_is_read_by_its_schema() {
        for (member, sent, value) in [
            ("order_id", &[("/order_id", "#W2")][..], json!("#W2")),
            ("total", &[("/total/amount", " 6.10 ")], json!({"amount": "6.10", "currency": "USD"})),
            ("tip", &[("/tip/amount", "1"), ("/tip/currency", "EUR")], json!({"amount": "1.00", "currency": "EUR"})),
            ("count", &[("/count", "12")], json!(12)),
            ("express", &[("/express", "false")], json!(false)),
            ("note", &[("/note", "two\r\nlines")], json!("two\nlines")),
            ("item_ids", &[("/item_ids", "")], json!([])),
            (
                "parts",
                &[("/parts", "1.00 EUR\n2.00 USD")],
                json!([{"amount": "1.00", "currency": "EUR"}, {"amount": "2.00", "currency": "USD"}]),
            ),
            (
                "lines",
                &[("/lines/0/sku", "x"), ("/lines/0/count", ""), ("/lines/1/sku", "y")],
                json!([{"sku": "x"}, {"sku": "y"}]),
            ),
            ("address", &[("/address/street", "Main 1")], json!({"street": "Main 1"})),
            ("a/b[c]", &[("/a~1b~2c~3", "odd")], json!("odd")),
        ] {
            let read = arguments(&schema(), &fields(sent));
            assert_eq!(read, with(member, value), "{member}");
            assert_eq!(schema().misfits(&read, ""), []);
        }
    }

    #[test]
    fn what_is_left_empty_is_left_out_where_it_may_be() {
        let empty = [
            ("/tip/amount", ""),
            ("/tip/currency", "USD"),
            ("/count", " "),
            ("/express", ""),
            ("/note", ""),
            ("/parts", ""),
            ("/address/street", ""),
        ];
        assert_eq!(arguments(&schema(), &fields(&empty)), with("order_id", json!("#W1")));
        assert_eq!(arguments(&schema(), &fields(&[("/order_id", "")]))["order_id"], "");
    }

    #[test]
    fn what_cannot_be_read_is_left_for_the_schema_to_refuse() {
        for (pointer, text) in
            [("/count", "many"), ("/express", "perhaps"), ("/total/amount", "€5"), ("/parts", "five")]
        {
            let read = arguments(&schema(), &fields(&[(pointer, text)]));
            assert_eq!(schema().misfits(&read, "").len(), 1, "{pointer}");
        }
    }

    #[test]
    fn what_was_not_sent_is_missing() {
        assert_eq!(schema().misfits(&arguments(&schema(), &Fields::new()), "").len(), 2);
    }

    #[test]
    fn a_list_is_written_in_lines_only_without_loss() {
        let text: Schema = serde_json::from_value(json!({"type": "string"})).unwrap();
        assert!(fits_lines(&text, &[json!("a b"), json!("c")]));
        for lossy in [json!("a\nb"), json!(" a"), json!("")] {
            assert!(!fits_lines(&text, &[lossy]));
        }
        assert!(!fits_lines(&Schema::nothing(), &[json!({})]));
    }
}
