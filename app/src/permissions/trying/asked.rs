//! The made-up request, as the address of the page says it.

use domain::{
    action::{ActionType, DATA_READ},
    authoring::draft::DraftView,
    schema::Schema,
};
use islands::{
    fields::{Fields, arguments, member, pointer},
    trying::{fields_of, sample},
};
use serde_json::Value;

/// An action, and what each field of the form holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub action: ActionType,
    pub fields: Fields,
}

impl Asked {
    /// `pairs` are of the address: `action`, `of`, the action whose fields the form had, and the fields.
    pub fn read(pairs: &[(String, String)], view: &DraftView) -> Option<Self> {
        let said = |name: &str| pairs.iter().rev().find(|(of, _)| of == name).map(|(_, text)| text.as_str());
        let catalog = &view.catalog;
        let allowed = view.permissions.action_scope.allow.keys().find_map(|name| catalog.action(name));
        let chosen = said("action").and_then(|name| catalog.action(name));
        let action = chosen.or(allowed).or(catalog.actions.first())?.clone();

        let given = pairs.iter().filter_map(|(name, text)| Some((pointer(name)?.to_owned(), text.clone())));
        let mut fields = given.collect::<Fields>();
        if said("of") != Some(&action.name) {
            let mut begin = if said("of").is_none() { start() } else { Fields::new() };
            begin.extend(fields_of(&action.arguments, &sample(&action.arguments, "")));
            if let Some(set) = looked_up(&action, view) {
                begin.insert(format!("reads/{set}"), "customer".to_owned());
            }
            if said("of").is_some() {
                // They are of another action.
                fields.retain(|name, _| !name.starts_with('/') && !name.starts_with("window/"));
            }
            begin.extend(fields);
            fields = begin;
        }
        complete(&action.arguments, "", true, &mut fields);
        Some(Self { action, fields })
    }

    pub fn arguments(&self) -> Value {
        arguments(&self.action.arguments, &self.fields)
    }

    pub fn text(&self, name: &str) -> String {
        self.fields.get(name).cloned().unwrap_or_default()
    }

    pub fn is_on(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|text| !text.is_empty())
    }
}

/// Whom it is about, to begin with, and nothing out of the ordinary. What the shop knows of them is for the reader to say:
/// as long as nobody has, it is not known.
fn start() -> Fields {
    [("customer", "customer-1"), ("trigger", "ticket-1"), ("output", "It is done.")]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into()
}

/// A look-up has to say what is looked up.
fn looked_up(action: &ActionType, view: &DraftView) -> Option<String> {
    if action.name != DATA_READ {
        return None;
    }
    let allowed = view.permissions.data_access.read.keys().next().cloned();
    allowed.or_else(|| view.catalog.data_sets.first().map(|set| set.name.clone()))
}

/// Adds the fields that a form drawn from the schema holds as well, as a browser would send them: empty, or with the
/// first choice where one has to be made.
fn complete(schema: &Schema, at: &str, required: bool, fields: &mut Fields) {
    let choose = |choices: &[&str], fields: &mut Fields| {
        if !fields.get(at).is_some_and(|text| choices.contains(&text.as_str())) {
            let first = choices.first().filter(|_| required).copied().unwrap_or_default();
            fields.insert(at.to_owned(), first.to_owned());
        }
    };
    match schema {
        Schema::Object { properties, required: needed } => {
            for (name, schema) in properties {
                complete(schema, &member(at, name), required && needed.contains(name), fields);
            }
        }
        Schema::Array { items, .. } => complete_list(items, at, fields),
        Schema::Money { currency } => {
            fields.entry(member(at, "amount")).or_default();
            if currency.is_none() {
                fields.entry(member(at, "currency")).or_default();
            }
        }
        Schema::Boolean => choose(&["true", "false"], fields),
        Schema::String { one_of, .. } if !one_of.is_empty() => {
            choose(&one_of.iter().map(String::as_str).collect::<Vec<_>>(), fields);
        }
        // A field for numbers holds nothing else.
        Schema::Integer { .. } => {
            let text = fields.entry(at.to_owned()).or_default();
            if text.trim().parse::<i64>().is_err() {
                text.clear();
            }
        }
        Schema::String { .. } => _ = fields.entry(at.to_owned()).or_default(),
    }
}

fn complete_list(items: &Schema, at: &str, fields: &mut Fields) {
    let inside = |index: usize| format!("{at}/{index}");
    let is_there = |index: usize, fields: &Fields| {
        let (own, deeper) = (inside(index), format!("{}/", inside(index)));
        fields.contains_key(&own) || fields.keys().any(|name| name.starts_with(&deeper))
    };
    let short =
        matches!(items, Schema::String { .. } | Schema::Integer { .. } | Schema::Boolean | Schema::Money { .. });
    if short && !is_there(0, fields) {
        fields.entry(at.to_owned()).or_default();
    }
    for index in (0..).take_while(|index| *index < MOST_ITEMS) {
        if !is_there(index, fields) {
            break;
        }
        complete(items, &inside(index), true, fields);
    }
}

/// More than a form has.
const MOST_ITEMS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Schema {
        serde_json::from_value(json!({"type": "object", "required": ["order_id", "total", "reason", "express"],
        "properties": {
            "order_id": {"type": "string"}, "note": {"type": "string"},
            "total": {"type": "money", "currency": "USD"}, "tip": {"type": "money"},
            "reason": {"type": "string", "enum": ["late", "broken"]},
            "express": {"type": "boolean"}, "gift": {"type": "boolean"}, "count": {"type": "integer"},
            "item_ids": {"type": "array", "items": {"type": "string"}},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
        }}))
        .unwrap()
    }

    fn completed(given: &[(&str, &str)]) -> Fields {
        let mut fields = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        complete(&schema(), "", true, &mut fields);
        fields
    }

    #[test]
    fn a_form_holds_every_field_as_a_browser_would_send_it() {
        let fields = completed(&[("/total/amount", "5.00"), ("/lines/0/other", ""), ("/count", "many")]);
        let expected = [
            ("/count", ""),
            ("/express", "true"),
            ("/gift", ""),
            ("/item_ids", ""),
            ("/lines/0/other", ""),
            ("/lines/0/sku", ""),
            ("/note", ""),
            ("/order_id", ""),
            ("/reason", "late"),
            ("/tip/amount", ""),
            ("/tip/currency", ""),
            ("/total/amount", "5.00"),
        ];
        assert_eq!(fields, expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
    }

    #[test]
    fn what_was_said_stays() {
        let given = [("/reason", "broken"), ("/gift", "false"), ("/count", "2"), ("/item_ids", "1\r\n2")];
        let fields = completed(&given);
        assert!(given.iter().all(|(name, text)| fields[*name] == *text), "{fields:?}");
        let read = arguments(&schema(), &fields);
        assert_eq!((&read["reason"], &read["item_ids"]), (&json!("broken"), &json!(["1", "2"])));
        assert_eq!(read.get("tip"), None);
    }
}
