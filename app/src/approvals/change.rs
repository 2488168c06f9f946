use domain::{schema::Schema, view::RequestView};
use islands::Changes;
use leptos::prelude::*;
use serde_json::Value;

use super::{arguments::ArgumentFields, calls::ChangeAndApprove, decide::Bound};
use crate::ui::{Submit, TextField, Tone, post_to};

/// What stands where a value is shown to nobody.
const MASK: &str = "[masked]";

/// Says yes to the same action with other arguments; nothing where there are none to change, or some are masked.
#[component]
pub fn ChangeForm(request: RequestView) -> impl IntoView {
    let schema = request.schema.clone().filter(|schema| *schema != Schema::nothing())?;
    let before = request.ask.arguments.clone();
    if is_masked(&before) {
        return None;
    }
    Some(view! {
        <details class="fold">
            <summary>"Change and approve"</summary>
            <p class="hint">
                "What you change is judged by the rules again before it counts. The old and the new stay in the record."
            </p>
            <form class="form" method="post" action={post_to::<ChangeAndApprove>()}>
                <Bound request/>
                <ArgumentFields schema=schema.clone() arguments=before.clone()/>
                <TextField label="Why you changed it" name="note" most=500/>
                <Changes schema before/>
                <Submit label="Approve with these changes" tone=Tone::Accent/>
            </form>
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
