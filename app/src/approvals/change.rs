use domain::{
    fault::Fault,
    schema::Schema,
    view::{RequestView, approvals::InVain},
};
use islands::{Changes, Said, given};
use leptos::prelude::*;
use serde_json::Value;

use super::{arguments::ArgumentFields, calls::ChangeAndApprove, decide::Bound, wrote::Wrote};
use crate::{
    error::UiError,
    ui::{Notice, Reason, Submit, Tone, failure, post_to, said},
};

/// What stands where a value is shown to nobody.
const MASK: &str = "[masked]";

/// Says yes to the same action with other arguments; nothing where there are none to change, or some are masked.
#[component]
pub fn ChangeForm(request: RequestView) -> impl IntoView {
    let schema = request.schema.clone().filter(|_| may_be_changed(&request))?;
    let before = request.ask.arguments.clone();
    let wrote = Wrote::into::<ChangeAndApprove>();
    let failed = failure::<ChangeAndApprove>();
    let open = !wrote.fields.is_empty();
    Some(view! {
        <details class="fold" open=open>
            <summary>"Change and approve"</summary>
            <p class="hint">
                "What you change is judged by the rules again before it counts. The old and the new stay in the record."
            </p>
            <form class="form" method="post" action={post_to::<ChangeAndApprove>()}>
                <Bound request/>
                <NotTaken error=failed why=wrote.why/>
                <ArgumentFields schema=schema.clone() arguments=before.clone() typed=wrote.fields/>
                <Reason label="Why you changed it" name="note" value=wrote.text/>
                <Changes schema=given(&schema) before=given(&before)/>
                <Submit label="Approve with these changes" tone=Tone::Accent/>
            </form>
        </details>
    })
}

/// Whether there is something to change, and all of it is shown.
pub fn may_be_changed(request: &RequestView) -> bool {
    let has_arguments = request.schema.as_ref().is_some_and(|schema| *schema != Schema::nothing());
    let in_vain = matches!(request.in_vain, Some(InVain::Whatever(_)));
    has_arguments && !in_vain && !is_masked(&request.ask.arguments)
}

/// Why the change was not made, where it is put right.
#[component]
fn NotTaken(error: Option<UiError>, why: Vec<String>) -> impl IntoView {
    let error = error.filter(|error| *error != UiError::AlreadyDecided);
    let note = error.map(|error| {
        let lines = match why.is_empty() {
            true => view! { <p>{error.next()}</p> }.into_any(),
            false => {
                view! { <ul>{why.iter().map(|why| view! { <li><Said text=why.clone()/></li> }).collect_view()}</ul> }
                    .into_any()
            }
        };
        let what = match error {
            UiError::Invalid(Fault::Rules) => "As you changed it, it cannot go through.",
            error => error.what(),
        };
        view! {
            <Notice tone=Tone::Bad>
                <p class="notice-title">"Not approved. " {what}</p>
                {lines}
            </Notice>
        }
    });
    view! { <div class="error-note" role="alert" data-said=said()>{note}</div> }
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
