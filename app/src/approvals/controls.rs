//! One field of a form for each kind of argument.

use std::sync::Arc;

use domain::{
    money::{Currency, Money},
    sentence::visible,
};
use islands::fields::{Fields, field, member};
use leptos::prelude::*;
use serde_json::Value;

use crate::ui::{Field, TextArea};

/// Where a value stands in the form, and what it is now.
pub struct Place {
    /// The JSON pointer.
    pub at: String,
    pub label: String,
    pub required: bool,
    pub value: Option<Value>,
    /// What all fields of the form hold, by JSON pointer.
    pub texts: Arc<Fields>,
}

impl Place {
    fn name(&self, part: &str) -> String {
        field(&format!("{}{part}", self.at))
    }

    fn text(&self) -> String {
        self.texts.get(&self.at).cloned().unwrap_or_default()
    }

    fn part(&self, name: &str) -> String {
        self.texts.get(&member(&self.at, name)).cloned().unwrap_or_default()
    }
}

pub fn text(place: Place, least: usize, most: usize) -> AnyView {
    let (name, value) = (place.name(""), place.text());
    // An empty text fits where none is the least.
    let required = place.required && least > 0;
    let hint = hidden_characters(&value);
    let control = if most > 200 || value.contains(['\n', '\r']) {
        view! { <TextArea name=name.clone() value rows=3 required/> }.into_any()
    } else {
        view! {
            <input
                class="input"
                type="text"
                name=name.clone()
                value=value
                maxlength=most.to_string()
                required=required
                autocomplete="off"
            />
        }
        .into_any()
    };
    view! { <Field label=place.label name hint>{control}</Field> }.into_any()
}

pub fn integer(place: Place, least: Option<i64>, most: Option<i64>) -> AnyView {
    let (name, value) = (place.name(""), place.text());
    view! {
        <Field label=place.label name=name.clone()>
            <input
                class="input"
                type="number"
                step="1"
                name=name
                value=value
                min=least.map(|least| least.to_string())
                max=most.map(|most| most.to_string())
                required=place.required
            />
        </Field>
    }
    .into_any()
}

/// One of several, given with what each says.
pub fn choice(place: Place, choices: &[(&str, &str)]) -> AnyView {
    let (name, now) = (place.name(""), place.text());
    let nothing = (!place.required).then(|| view! { <option value="">"Not said"</option> });
    let options: Vec<_> = choices
        .iter()
        .map(|(value, words)| {
            let chosen = *value == now;
            view! { <option value=(*value).to_owned() selected=chosen>{visible(words)}</option> }
        })
        .collect();
    view! {
        <Field label=place.label name=name.clone()>
            <select name=name required=place.required>
                {nothing}
                {options}
            </select>
        </Field>
    }
    .into_any()
}

pub fn money(place: Place, only: Option<Currency>) -> AnyView {
    let (name, amount, required) = (place.name("/amount"), place.part("amount"), place.required);
    let hint = only.map(|only| format!("In {only}, such as {}.", Money { minor: 7250, currency: only }.amount()));
    let hint = hint.unwrap_or_default();
    let currency = only.is_none().then(|| {
        let (name, code) = (place.name("/currency"), place.part("currency"));
        view! {
            <Field label=format!("{}: currency", place.label) name=name.clone() hint="Three letters, such as USD.">
                <input
                    class="input"
                    type="text"
                    name=name
                    value=code
                    pattern="[A-Z]{3}"
                    maxlength="3"
                    required=required
                    autocomplete="off"
                />
            </Field>
        }
    });
    view! {
        <Field label=place.label name=name.clone() hint>
            <input
                class="input"
                type="text"
                inputmode="decimal"
                name=name
                value=amount
                required=required
                autocomplete="off"
            />
        </Field>
        {currency}
    }
    .into_any()
}

/// A list, a value a line.
pub fn lines(place: Place, least: usize) -> AnyView {
    let (name, text) = (place.name(""), place.text());
    let hint = format!("One a line. {}", hidden_characters(&text));
    let (rows, required) = ((text.lines().count() + 1).clamp(2, 8), place.required && least > 0);
    view! {
        <Field label=place.label name=name.clone() hint>
            <TextArea name value=text rows required/>
        </Field>
    }
    .into_any()
}

/// Says what cannot be seen in a field.
fn hidden_characters(text: &str) -> String {
    let shown = visible(text);
    if shown == text { String::new() } else { format!("With its hidden characters: {shown}") }
}
