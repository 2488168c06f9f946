use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use leptos::{form::ActionForm, prelude::*};

use super::calls::Tighten;
use crate::{
    approvals::words::label,
    ui::{Field, Reason, Submit, Tone, busy},
};

/// Makes a person be asked: about some actions or all, for a time or until lifted.
#[component]
pub fn TightenForm(
    slug: String,
    names: BTreeSet<String>,
    now: DateTime<Utc>,
    action: ServerAction<Tighten>,
) -> impl IntoView {
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
            <ActionForm action>
                <div class="form">
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
                        <Submit label="Ask a person from now on" tone=Tone::Accent busy=busy(action)/>
                    </div>
                </div>
            </ActionForm>
        </details>
    }
}
