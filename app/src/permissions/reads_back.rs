use domain::{authoring::risk::Severity, sentence::Sentences};
use leptos::prelude::*;

use super::{editing::Shared, remarks::Remark};
use crate::ui::{Icon, Layers, words::count};

/// The draft read back, beside the forms: what is wrong or risky in it, and all of it in sentences.
#[component]
pub fn ReadsBack(editing: Shared) -> impl IntoView {
    let sentences: Sentences = editing.view.sentences.clone();
    view! {
        <aside class="reads-back" id="reads-back" aria-labelledby="reads-back-title" tabindex="-1">
            <h2 id="reads-back-title">"How it reads"</h2>
            <Findings editing/>
            <Layers sentences/>
        </aside>
    }
}

/// All remarks, each leading to its part.
#[component]
pub fn Findings(editing: Shared) -> impl IntoView {
    if editing.view.risks.is_empty() {
        return view! {
            <p class="all-well">
                <Icon name="check"/>
                "Nothing is wrong, and nothing looks risky."
            </p>
        }
        .into_any();
    }
    let remarks: Vec<_> = editing.view.risks.iter().cloned().map(|risk| view! { <Remark risk link=true/> }).collect();
    view! {
        <ul class="remarks" aria-label="What to look at">
            {remarks}
        </ul>
    }
    .into_any()
}

/// `1 wrong, 3 risky`
pub fn tally(editing: &Shared) -> String {
    let (wrong, risky, notes) =
        (editing.count(Severity::Wrong), editing.count(Severity::Risky), editing.count(Severity::Note));
    let parts: Vec<String> = [(wrong, "wrong"), (risky, "risky")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    match (parts.is_empty(), notes) {
        (false, _) => parts.join(", "),
        (true, 0) => "Nothing to mend".to_owned(),
        (true, notes) => count(notes, "note", "notes"),
    }
}
