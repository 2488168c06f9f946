use std::collections::BTreeMap;

use leptos::prelude::*;

use super::calls::Tighten;
use crate::ui::{Field, Reason, Submit, Tone, Written, post_to, sent};

/// Makes a person be asked: about some actions or all, for a time or until lifted.
#[component]
pub fn TightenForm(slug: String, names: BTreeMap<String, String>) -> impl IntoView {
    let sent = sent::<Tighten>();
    let boxes = names.into_iter().map(|(name, label)| {
        let checked = sent.has("actions[]", &name);
        view! {
            <label class="check">
                <input type="checkbox" name="actions[]" value=name.clone() checked=checked/>
                <span>
                    <Written text=label/> " " <code class="hint"><Written text=name.clone()/></code>
                </span>
            </label>
        }
    });
    let spans = [("", "Until a person lifts it"), ("1", "One day"), ("7", "Seven days"), ("30", "30 days")];
    let spans = spans.map(|(days, words)| {
        let selected = sent.has("days", days);
        view! { <option value=days selected=selected>{words}</option> }
    });
    view! {
        <details class="fold" open=sent.is_some()>
            <summary>"Tighten this agent"</summary>
            <form class="form" method="post" action={post_to::<Tighten>()}>
                <input type="hidden" name="agent" value=slug/>
                <fieldset>
                    <legend>"Which actions a person is asked about"</legend>
                    <p class="field-hint">"Choose none, and it is all of them."</p>
                    <div class="checks">{boxes.collect_view()}</div>
                </fieldset>
                <Field label="For how long" name="days">
                    <select name="days">
                        {spans.collect_view()}
                    </select>
                </Field>
                <Reason label="Why" value=sent.text("reason") required=true/>
                <div class="actions">
                    <Submit label="Ask a person from now on" tone=Tone::Accent/>
                </div>
            </form>
        </details>
    }
}
