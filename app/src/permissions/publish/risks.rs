use domain::{
    authoring::{
        risk::{Code, Risk, Severity},
        statement::{Statement, keys},
    },
    part::Part,
    sentence::plain,
};
use islands::Said;
use leptos::prelude::*;

use crate::{
    paths,
    permissions::editing::{Shared, anchor},
    ui::Icon,
};

/// What keeps the draft from being published, each leading to where it can be mended.
#[component]
pub fn Wrong(editing: Shared) -> impl IntoView {
    let wrong = editing.view.risks.iter().filter(|risk| risk.severity == Severity::Wrong).cloned();
    let lines: Vec<_> = wrong
        .map(|risk| view! { <li><Said text=risk.said.sentence.clone()/> " " <Mend slug=editing.slug.clone() risk/></li> })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <section class="notice notice-bad" aria-label="What keeps it from being published" data-key="wrong">
                <Icon name="alert"/>
                <div class="notice-text">
                    <p class="notice-title">"This cannot be published yet"</p>
                    <ul class="reasons">{lines}</ul>
                </div>
            </section>
        }
    })
}

#[component]
pub fn Mend(slug: String, risk: Risk) -> impl IntoView {
    let href = match risk.code {
        // What is wrong with it is the queue.
        Code::TooFewPeople | Code::UnknownQueue => paths::queues(),
        _ => match &risk.part {
            Part::Rule { id } => paths::permissions_rule(&slug, id, &anchor(&risk.part)),
            part => paths::permissions_at(&slug, &anchor(part)),
        },
    };
    view! {
        <a href=href>
            "Mend it" <span class="sr-only">": " {plain(&risk.said.sentence)}</span>
        </a>
    }
}

/// Each risk with a box for the word of acceptance.
#[component]
pub fn Accept(
    editing: Shared,
    /// What is accepted already, by whoever proposed it.
    already: Vec<Statement>,
    /// The keys of what the reader has ticked already.
    ticked: Vec<String>,
) -> impl IntoView {
    let risky: Vec<Risk> = editing.view.risks.iter().filter(|risk| risk.severity == Severity::Risky).cloned().collect();
    if risky.is_empty() {
        return view! {
            <p class="all-well">
                <Icon name="check"/>
                "Nothing in it looks risky."
            </p>
        }
        .into_any();
    }
    let already = keys(&already);
    let boxes: Vec<_> = risky
        .into_iter()
        .map(|risk| {
            let key = risk.said.key();
            let by_them =
                already.contains(&key).then(|| view! { <span class="hint">" Accepted in the proposal."</span> });
            let (sentence, checked) = (risk.said.sentence.clone(), ticked.contains(&key));
            view! {
                <li class="accept" data-key=key>
                    <label class="check">
                        <input type="checkbox" name="accepted[]" value=key.clone() checked=checked required/>
                        <span>"I accept: " <Said text=sentence/> {by_them}</span>
                    </label>
                    <Mend slug=editing.slug.clone() risk/>
                </li>
            }
        })
        .collect();
    view! {
        <fieldset>
            <legend>"What is risky in it"</legend>
            <p class="field-hint">"What you accept is recorded with your name."</p>
            <ul class="accepts">{boxes}</ul>
        </fieldset>
    }
    .into_any()
}
