use domain::sentence::{readable, visible};
use leptos::prelude::*;
use serde_json::Value;

use crate::approvals::words::label;

/// What an entry says beside: a reason as a sentence, the rest one click away.
#[component]
pub fn Detail(detail: Value) -> impl IntoView {
    let said = |name: &str| detail.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let reason = said("reason").or_else(|| said("note")).map(visible);
    let rest: Vec<_> = detail
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| !matches!(name.as_str(), "reason" | "note") && **value != Value::Null)
        .map(|(name, value)| {
            view! {
                <div class="fact">
                    <dt>{label(name)}</dt>
                    <dd>{readable(value)}</dd>
                </div>
            }
        })
        .collect();
    view! {
        {reason.map(|reason| view! { <p class="entry-reason">{reason}</p> })}
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
