use std::sync::Arc;

use domain::{schema::Schema, words::label};
use islands::fields::{Fields, drawn, fits_lines, member};
use leptos::prelude::*;
use serde_json::Value;

use super::controls::{self, Place};

/// The fields of a form that changes the arguments, drawn from the action's schema.
///
/// They hold the arguments, or what was typed in their place before.
#[component]
pub fn ArgumentFields(schema: Schema, arguments: Value, #[prop(optional)] typed: Fields) -> impl IntoView {
    let mut texts = drawn(&schema, &arguments);
    texts.extend(typed);
    members(&schema, "", Some(&arguments), true, &Arc::new(texts))
}

fn members(schema: &Schema, at: &str, value: Option<&Value>, needed: bool, texts: &Arc<Fields>) -> Vec<AnyView> {
    let Schema::Object { properties, required } = schema else { return Vec::new() };
    let place = |name: &String| Place {
        at: member(at, name),
        label: label(name),
        required: needed && required.contains(name),
        value: value.and_then(|value| value.get(name)).cloned(),
        texts: texts.clone(),
    };
    properties.iter().map(|(name, schema)| field(schema, place(name))).collect()
}

fn field(schema: &Schema, place: Place) -> AnyView {
    match schema {
        Schema::Object { .. } => {
            let inside = members(schema, &place.at, place.value.as_ref(), place.required, &place.texts);
            view! { <Group legend=place.label>{inside}</Group> }.into_any()
        }
        Schema::Array { items, min_items, .. } => {
            let values = place.value.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
            match fits_lines(items, &values) {
                true => controls::lines(place, *min_items),
                false => items_of(items, place, values),
            }
        }
        Schema::Money { currency } => controls::money(place, *currency),
        Schema::Boolean => controls::choice(place, &[("true", "Yes"), ("false", "No")]),
        Schema::String { one_of, .. } if !one_of.is_empty() => {
            let choices: Vec<(&str, &str)> = one_of.iter().map(|one| (one.as_str(), one.as_str())).collect();
            controls::choice(place, &choices)
        }
        Schema::String { min_length, max_length, .. } => controls::text(place, *min_length, *max_length),
        Schema::Integer { minimum, maximum } => controls::integer(place, *minimum, *maximum),
    }
}

#[component]
fn Group(legend: String, children: Children) -> impl IntoView {
    view! {
        <fieldset class="fields">
            <legend>{legend}</legend>
            {children()}
        </fieldset>
    }
}

/// A list of larger things: each has its fields, and their number stays.
fn items_of(items: &Schema, place: Place, values: Vec<Value>) -> AnyView {
    let each: Vec<_> = values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let label = format!("{} {}", place.label, index + 1);
            let at = format!("{}/{index}", place.at);
            field(items, Place { at, label, required: true, value: Some(value), texts: place.texts.clone() })
        })
        .collect();
    view! { <Group legend=place.label>{each}</Group> }.into_any()
}
