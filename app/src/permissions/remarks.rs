use domain::{
    authoring::risk::{Risk, Severity},
    part::Part,
};
use islands::Said;
use leptos::prelude::*;

use super::{
    editing::{Shared, anchor},
    wrote::Refused,
};
use crate::{
    error::UiError,
    paths,
    ui::{Ago, Icon, Tone},
};

/// What a severity is called, with its look.
pub fn severity_words(severity: Severity) -> (Tone, &'static str, &'static str) {
    match severity {
        Severity::Wrong => (Tone::Bad, "alert", "Wrong"),
        Severity::Risky => (Tone::Waiting, "alert", "Risky"),
        Severity::Note => (Tone::Neutral, "info", "Note"),
    }
}

/// What is wrong or risky in a part, beside it.
#[component]
pub fn Remarks(editing: Shared, part: Part) -> impl IntoView {
    let remarks: Vec<_> = editing.risks_of(&part).cloned().map(|risk| view! { <Remark risk/> }).collect();
    (!remarks.is_empty()).then(|| view! { <ul class="remarks">{remarks}</ul> })
}

/// One of them; in the list of all it leads to its part.
#[component]
pub fn Remark(risk: Risk, #[prop(optional)] link: bool) -> impl IntoView {
    let (tone, icon, words) = severity_words(risk.severity);
    let said = match link {
        true => view! { <a href=format!("#{}", anchor(&risk.part))><Said text=risk.said.sentence/></a> }.into_any(),
        false => view! { <Said text=risk.said.sentence/> }.into_any(),
    };
    view! {
        <li class=format!("remark remark-{}", tone.name())>
            <Icon name=icon/>
            <span>
                <strong>{words} ": "</strong>
                {said}
            </span>
        </li>
    }
}

/// What tells the client that a form holds what is not saved.
pub fn unsaved(refused: &Option<Refused>) -> Option<&'static str> {
    refused.as_ref().map(|refused| match refused.error {
        UiError::ChangedMeanwhile => "conflict",
        _ => "refused",
    })
}

/// Why what somebody wrote was not taken. What stands there now and what they wrote stand side by side; the form below
/// still holds theirs.
#[component]
pub fn NotTaken(
    editing: Shared,
    refused: Option<Refused>,
    /// What stands there now, in words.
    now: String,
    /// What they wrote, in words, where it can be read.
    mine: Option<String>,
) -> impl IntoView {
    let refused = refused?;
    let changed = editing.view.draft.as_ref().map(|draft| draft.changed.clone());
    let at = editing.view.now;
    let words = match refused.error {
        UiError::ChangedMeanwhile => {
            let who = changed.map(|stamp| view! { " by " {stamp.by.name} ", " <Ago at=stamp.at now=at/> });
            view! {
                <p class="notice-title">"This was changed while you wrote" {who} "."</p>
                <p>"It now says: " <q><Said text=now/></q></p>
                {mine.map(|mine| view! { <p>"You wrote: " <q><Said text=mine/></q></p> })}
                <p>
                    "Yours is not saved. It stands below: save it in the place of the other, or "
                    <a href=paths::permissions(&editing.slug) data-gives-up>"leave it as it is now"</a> "."
                </p>
            }
            .into_any()
        }
        error => view! {
            <p class="notice-title">"Not saved. " {error.what()}</p>
            <p>{error.next()} " What you wrote stands below."</p>
        }
        .into_any(),
    };
    Some(view! {
        <div class="error-note" role="alert">
            <div class="notice notice-waiting">
                <Icon name="alert"/>
                <div class="notice-text">{words}</div>
            </div>
        </div>
    })
}

/// Saves in the place of what somebody else wrote; shown even where the client saves by itself.
#[component]
pub fn SaveMine(refused: Option<Refused>) -> impl IntoView {
    refused.filter(|refused| refused.error == UiError::ChangedMeanwhile).map(|_| {
        view! {
            <button type="submit" class="button button-accent button-row">
                "Save mine instead"
            </button>
        }
    })
}
