use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use leptos::prelude::*;

use super::calls::Tighten;
use crate::ui::{Field, Reason, Submit, Tone, post_to, words::label};

/// Makes a person be asked: about some actions or all, for a time or until lifted.
#[component]
pub fn TightenForm(slug: String, names: BTreeSet<String>, now: DateTime<Utc>) -> impl IntoView {
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
    let in_days = move |days: i64| (now + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
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
                <Field label="For how long" name="until">
                    <select name="until">
                        <option value="">"Until a person lifts it"</option>
                        <option value=in_days(1)>"One day"</option>
                        <option value=in_days(7)>"Seven days"</option>
                        <option value=in_days(30)>"30 days"</option>
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
