use domain::{
    authoring::example::{Proposal, propose},
    schema::Misfit,
    sentence::value,
};
use islands::Said;
use leptos::prelude::*;

use super::{
    arguments::redraw,
    rows::rows_of,
    typed::{MOST_ROWS, Typed},
};
use crate::ui::{Field, Notice, Section, TextArea, Tone};

/// What was typed, with the arguments of the pasted call in the place of those of the table.
pub fn with_example(typed: Typed) -> Typed {
    let Ok(Proposal { schema, amount, .. }) = read(&typed.example) else { return typed };
    match rows_of(&schema) {
        Some(rows) => Typed { rows, deep: String::new(), amount: amount.unwrap_or_default(), ..typed },
        None => {
            let deep = serde_json::to_string(&schema).unwrap_or_default();
            Typed { rows: Vec::new(), deep, amount: amount.unwrap_or_default(), ..typed }
        }
    }
}

/// The longest call that is read, in characters.
const MOST: usize = 8_000;

/// What a call suggests; nothing of one that a table has no room for.
fn read(text: &str) -> Result<Proposal, Vec<Misfit>> {
    let refuse = |detail: String| Err(vec![Misfit { pointer: String::new(), detail }]);
    if text.chars().count() > MOST {
        return refuse("is longer than 8,000 characters: leave out what repeats itself".to_owned());
    }
    let proposal = propose(text)?;
    match rows_of(&proposal.schema) {
        Some(rows) if rows.len() > MOST_ROWS => {
            refuse(format!("has {} arguments, and the table has room for {MOST_ROWS}", rows.len()))
        }
        _ => Ok(proposal),
    }
}

/// Where a call is pasted, from which the table of arguments is filled.
#[component]
pub fn Example(text: String) -> impl IntoView {
    let remarks = (!text.is_empty()).then(|| view! { <Remarks text=text.clone()/> });
    view! {
        <Section title="A call as an example">
            <Field
                label="Paste a call that the agent makes"
                name="fields[example]"
                hint="As JSON, such as {\"order_id\": \"#W1\", \"total\": {\"amount\": \"72.50\", \"currency\": \"USD\"}}. Reins proposes the table below from it; what stands there now is replaced."
            >
                <TextArea name="fields[example]" value=text rows=5 most=8000 code=true/>
            </Field>
            {remarks}
            <div class="actions">
                <button class="button button-neutral" type="submit" formaction=redraw("example") formnovalidate>
                    "Fill the table from this call"
                </button>
            </div>
        </Section>
    }
}

/// What a person should look at, or why nothing was read from the call.
#[component]
fn Remarks(text: String) -> impl IntoView {
    let (tone, title, remarks) = match read(&text) {
        Ok(proposal) if proposal.remarks.is_empty() => return ().into_any(),
        Ok(proposal) => (Tone::Accent, "Look at this before you save:", proposal.remarks),
        Err(misfits) => (Tone::Waiting, "Nothing was read from this call:", misfits),
    };
    let lines: Vec<_> = remarks
        .into_iter()
        .map(|remark| {
            let place = remark.pointer.trim_start_matches('/').to_owned();
            let place = if place.is_empty() { "The call".to_owned() } else { value(&place) };
            view! { <li><Said text=format!("{place} {}.", remark.detail)/></li> }
        })
        .collect();
    view! {
        <Notice tone>
            <p class="notice-title">{title}</p>
            <ul class="reasons">{lines}</ul>
        </Notice>
    }
    .into_any()
}
