use std::collections::BTreeSet;

use leptos::prelude::*;

use super::calls::Tighten;
use crate::ui::{Field, Reason, Submit, Tone, post_to, words::label};

/// Makes a person be asked: about some actions or all, for a time or until lifted.
#[component]
pub fn TightenForm(slug: String, names: BTreeSet<String>) -> impl IntoView {
    let boxes = names.into_iter().map(|name| {
        view! {
            <label class="check">
                <input type="checkbox" name="actions[]" value=name.clone()/>
                <span>
                    {label(&name)} " " <code class="hint">{name.clone()}</code>
                </span>
            </label>
        }
    });
    view! {
        <details class="fold">
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
                        <option value="">"Until a person lifts it"</option>
                        <option value="1">"One day"</option>
                        <option value="7">"Seven days"</option>
                        <option value="30">"30 days"</option>
                    </select>
                </Field>
                <Reason label="Why" required=true/>
                <div class="actions">
                    <Submit label="Ask a person from now on" tone=Tone::Accent/>
                </div>
            </form>
        </details>
    }
}
