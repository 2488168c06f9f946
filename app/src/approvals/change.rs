use domain::{schema::Schema, view::RequestView};
use leptos::{
    form::FromFormData,
    html::Form,
    prelude::*,
    web_sys::FormData,
};
use serde_json::Value;

use super::{
    arguments::ArgumentFields,
    calls::ChangeAndApprove,
    decide::Bound,
    difference::{differences, misfits},
    fields::arguments,
};
use crate::ui::{Submit, TextField, Tone};

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
    let form = NodeRef::<Form>::new();
    let changes = RwSignal::new(Vec::new());
    let compare = {
        let (schema, before) = (schema.clone(), before.clone());
        move |_| changes.set(form.get_untracked().map(|form| read(&form, &schema, &before)).unwrap_or_default())
    };
    Some(view! {
        <details class="fold">
            <summary>"Change and approve"</summary>
            <p class="hint">
                "What you change is judged by the rules again before it counts. The old and the new stay in the record."
            </p>
            <div on:input=compare.clone() on:change=compare>
                <ActionForm action node_ref=form attr:class="form">
                    <Bound request/>
                    <ArgumentFields schema arguments=before/>
                    <TextField label="Why you changed it" name="note" most=500/>
                    <div class="changes" aria-live="polite">
                        {move || {
                            let lines: Vec<_> = changes.get().into_iter().map(|line| view! { <li>{line}</li> }).collect();
                            (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> })
                        }}
                    </div>
                    <Submit label="Approve with these changes" tone=Tone::Accent busy=action.pending()/>
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
fn read(form: &leptos::web_sys::HtmlFormElement, schema: &Schema, before: &Value) -> Vec<String> {
    let sent = FormData::new_with_form(form).ok().and_then(|data| ChangeAndApprove::from_form_data(&data).ok());
    let Some(sent) = sent else { return Vec::new() };
    let after = arguments(schema, &sent.fields);
    let mut lines = differences(before, &after);
    lines.extend(misfits(schema, &after));
    lines
}
