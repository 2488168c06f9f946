use domain::{id::EntryId, sentence::readable};
use islands::Said;
use leptos::prelude::*;
use serde_json::Value;

use crate::ui::{Written, words::label};

/// What an entry says beside: a reason as a sentence, the rest one click away.
#[component]
pub fn Detail(detail: Value) -> impl IntoView {
    let said = |name: &str| detail.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let reason = said("reason").or_else(|| said("note")).map(str::to_owned);
    let rest: Vec<_> = detail
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| !is_said_elsewhere(name, value))
        .map(|(name, value)| {
            view! {
                <div class="fact">
                    <dt>{label(name)}</dt>
                    <dd><Said text=shown(value)/></dd>
                </div>
            }
        })
        .collect();
    view! {
        {reason.map(|reason| view! { <p class="entry-reason"><Written text=reason/></p> })}
        {(!rest.is_empty())
            .then(|| {
                view! {
                    <details class="fold-plain">
                        <summary>"Detail"</summary>
                        <dl class="facts">{rest}</dl>
                    </details>
                }
            })}
    }
}

/// Whether the entry says it already, or it says nothing to people, such as an id.
fn is_said_elsewhere(name: &str, value: &Value) -> bool {
    let is_id = |text: &str| text.parse::<EntryId>().is_ok();
    matches!(name, "reason" | "note" | "everything") || value.is_null() || value.as_str().is_some_and(is_id)
}

/// A list of things that carry a text, such as reasons, as their texts.
fn shown(value: &Value) -> String {
    let texts = |values: &Vec<Value>| {
        let texts: Option<Vec<String>> =
            values.iter().map(|value| value.get("text").and_then(Value::as_str).map(str::to_owned)).collect();
        texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join(" "))
    };
    value.as_array().and_then(texts).unwrap_or_else(|| readable(value))
}
