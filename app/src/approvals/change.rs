use domain::{schema::Schema, view::RequestView};
use leptos::{
    form::FromFormData,
    prelude::*,
    web_sys::{Element, Event, FormData, HtmlFormElement},
};
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::{
    arguments::ArgumentFields,
    calls::ChangeAndApprove,
    decide::Bound,
    difference::{differences, misfits},
    fields::arguments,
};
use crate::ui::{Submit, TextField, Tone, busy};

/// What stands where a value is shown to nobody.
const MASK: &str = "[masked]";

/// Says yes to the same action with other arguments; nothing where there are none to change, or some are masked.
#[component]
pub fn ChangeForm(request: RequestView, action: ServerAction<ChangeAndApprove>) -> impl IntoView {
    let schema = request.schema.clone().filter(|schema| *schema != Schema::nothing())?;
    let before = request.ask.arguments.clone();
    if is_masked(&before) {
        return None;
    }
    let changes = ArcRwSignal::new(Vec::new());
    let compare = {
        let (schema, before, changes) = (schema.clone(), before.clone(), changes.clone());
        move |event: Event| changes.set(read(&event, &schema, &before).unwrap_or_default())
    };
    Some(view! {
        <details class="fold">
            <summary>"Change and approve"</summary>
            <p class="hint">
                "What you change is judged by the rules again before it counts. The old and the new stay in the record."
            </p>
            <div on:input=compare.clone() on:change=compare>
                <ActionForm action attr:class="form">
                    <Bound request/>
                    <ArgumentFields schema arguments=before/>
                    <TextField label="Why you changed it" name="note" most=500/>
                    <div class="changes" aria-live="polite">
                        {move || {
                            let lines: Vec<_> = changes.get().into_iter().map(|line| view! { <li>{line}</li> }).collect();
                            (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> })
                        }}
                    </div>
                    <Submit label="Approve with these changes" tone=Tone::Accent busy=busy(action)/>
                </ActionForm>
            </div>
        </details>
    })
}

/// Whether a value is shown to nobody: the form would send the mask in its place.
fn is_masked(value: &Value) -> bool {
    match value {
        Value::String(text) => text == MASK,
        Value::Array(values) => values.iter().any(is_masked),
        Value::Object(members) => members.values().any(is_masked),
        _ => false,
    }
}

/// What the form would change, and what of it does not fit, in words.
fn read(event: &Event, schema: &Schema, before: &Value) -> Option<Vec<String>> {
    let field = event.target()?.dyn_into::<Element>().ok()?;
    let form = field.closest("form").ok()??.dyn_into::<HtmlFormElement>().ok()?;
    let data = FormData::new_with_form(&form).ok()?;
    let sent = ChangeAndApprove::from_form_data(&data).ok()?;
    let after = arguments(schema, &sent.fields);
    let mut lines = differences(before, &after);
    lines.extend(misfits(schema, &after));
    Some(lines)
}
