//! Arguments that fit a schema, and the fields of a form that hold them.

use domain::{schema::Schema, words::label};
use serde_json::{Map, Value, json};

use crate::fields::{Fields, fits_lines, line, member};

/// A value that fits, to begin with.
pub fn sample(schema: &Schema, name: &str) -> Value {
    match schema {
        Schema::Object { properties, required } => {
            let members = properties.iter().filter(|(name, _)| required.contains(*name));
            Value::Object(members.map(|(name, schema)| (name.clone(), sample(schema, name))).collect::<Map<_, _>>())
        }
        Schema::String { min_length, max_length, one_of } => match one_of.first() {
            Some(first) => json!(first),
            None => {
                let text = format!("{:.<width$}", label(name).to_lowercase(), width = (*min_length).min(200));
                json!(text.chars().take(*max_length).collect::<String>())
            }
        },
        Schema::Integer { minimum, maximum } => {
            json!(minimum.unwrap_or(1).max(1).min(maximum.unwrap_or(i64::MAX)))
        }
        Schema::Boolean => json!(true),
        Schema::Array { items, min_items, .. } => Value::Array(vec![sample(items, name); (*min_items).clamp(1, 20)]),
        Schema::Money { currency } => {
            let code = currency.map_or("USD".to_owned(), |currency| currency.to_string());
            let amount = if currency.is_some_and(|one| one.decimals() == 0) { "72" } else { "72.50" };
            json!({"amount": amount, "currency": code})
        }
    }
}

/// The fields that a form drawn from the schema holds these arguments in.
pub fn fields_of(schema: &Schema, arguments: &Value) -> Fields {
    let mut fields = Fields::new();
    fill(schema, "", arguments, &mut fields);
    fields
}

fn fill(schema: &Schema, at: &str, value: &Value, fields: &mut Fields) {
    match (schema, value) {
        (Schema::Object { properties, .. }, Value::Object(members)) => {
            for (name, schema) in properties {
                if let Some(value) = members.get(name) {
                    fill(schema, &member(at, name), value, fields);
                }
            }
        }
        (Schema::Array { items, .. }, Value::Array(values)) if fits_lines(items, values) => {
            fields.insert(at.to_owned(), values.iter().map(line).collect::<Vec<_>>().join("\n"));
        }
        (Schema::Array { items, .. }, Value::Array(values)) => {
            for (index, value) in values.iter().enumerate() {
                fill(items, &format!("{at}/{index}"), value, fields);
            }
        }
        (Schema::Money { .. }, Value::Object(money)) => {
            for part in ["amount", "currency"] {
                if let Some(text) = money.get(part).and_then(Value::as_str) {
                    fields.insert(member(at, part), text.to_owned());
                }
            }
        }
        (_, value) => {
            fields.insert(at.to_owned(), line(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::arguments;

    #[test]
    fn a_sample_fits_and_is_read_back_from_its_fields() {
        let schema: Schema =
            serde_json::from_value(json!({"type": "object", "required": ["a", "b", "c", "d", "e", "f", "g"],
            "properties": {
                "a": {"type": "string", "min_length": 5, "max_length": 6},
                "b": {"type": "string", "enum": ["x", "y"]},
                "c": {"type": "integer", "minimum": 3, "maximum": 3},
                "d": {"type": "boolean"},
                "e": {"type": "array", "items": {"type": "money", "currency": "JPY"}, "min_items": 2},
                "f": {"type": "array", "items": {"type": "object", "required": ["sku"], "properties": {
                    "sku": {"type": "string"}, "left_out": {"type": "string"}}}},
                "g": {"type": "money"},
                "h": {"type": "boolean"},
            }}))
            .unwrap();
        let value = sample(&schema, "");
        assert_eq!(schema.misfits(&value, ""), [], "{value}");
        assert_eq!(arguments(&schema, &fields_of(&schema, &value)), value);
    }
}
