use domain::authoring::{draft::Origin, risk::Severity};
use leptos::prelude::*;

use super::{editing::Shared, reads_back::tally};
use crate::{
    paths,
    ui::{Ago, At, Icon, words::list},
};

/// In sight wherever somebody writes: the ways to the layers, whether all is saved, and what there is to mend.
#[component]
pub fn DraftBar(editing: Shared) -> impl IntoView {
    let tone = match (editing.count(Severity::Wrong), editing.count(Severity::Risky)) {
        (0, 0) => "draft-tally draft-tally-good",
        (0, _) => "draft-tally draft-tally-risky",
        _ => "draft-tally draft-tally-wrong",
    };
    let icon = if editing.count(Severity::Wrong) + editing.count(Severity::Risky) == 0 { "check" } else { "alert" };
    let layers = [("1", "Read"), ("2", "Do"), ("3", "A person decides"), ("4", "Record")];
    let layers: Vec<_> = layers
        .into_iter()
        .map(|(number, words)| view! { <li><a href=format!("#layer-{number}")>{words}</a></li> })
        .collect();
    let publish = editing.view.draft.is_some().then(|| {
        let href = paths::publish(&editing.slug);
        view! { <a class="button button-accent button-row" href=href>{format!("Publish version {} …", editing.next_version())}</a> }
    });
    view! {
        <div class="draft-bar">
            <nav class="draft-ways" aria-label="Layers">
                <ul>{layers}</ul>
            </nav>
            <div class="draft-end">
                <SaveState editing=editing.clone()/>
                <a class=tone href="#reads-back">
                    <Icon name=icon/>
                    {tally(&editing)}
                </a>
                {publish}
            </div>
        </div>
    }
}

/// Whether everything is saved, and who else is here. The client says what is under way.
#[component]
fn SaveState(editing: Shared) -> impl IntoView {
    let now = editing.view.now;
    let saved = match &editing.view.draft {
        Some(draft) => view! { "Saved " <At at=draft.changed.at now/> }.into_any(),
        None => "No changes yet".into_any(),
    };
    view! {
        <p class="save-state">
            <span role="status">{saved}</span>
            <span id="save-pending" data-client hidden>"Saving …"</span>
            <span id="save-misfit" class="save-failed" role="status" data-client hidden>
                "Not saved yet: something does not fit. "
                <span id="save-misfit-what"></span>
            </span>
            <span id="save-failed" class="save-failed" role="alert" data-client hidden>
                "Not saved: Reins cannot be reached. It is tried again; what you wrote stays."
            </span>
        </p>
    }
}

/// What this draft is, and who else looks at it.
pub fn lead(editing: &Shared) -> String {
    let in_force = editing.view.in_force.as_ref().map(|row| row.version);
    let begun = |origin: &Origin| match origin {
        Origin::Nothing => "begun from nothing".to_owned(),
        Origin::Published { version } => format!("begun from version {version}"),
        Origin::Version { version } => format!("begun from the old version {version}"),
        Origin::StartingPoint { name } => format!("begun from the starting point “{name}”"),
        Origin::File => "taken in from a file".to_owned(),
    };
    match (&editing.view.draft, in_force) {
        (Some(draft), Some(version)) => {
            format!("A draft, {}. Version {version} stays in force until you publish.", begun(&draft.origin))
        }
        (Some(draft), None) => format!("A draft, {}. Everything is denied until you publish.", begun(&draft.origin)),
        (None, Some(version)) => format!("Version {version} is in force. What you change becomes a draft."),
        (None, None) => "Nothing is permitted yet. What you write becomes a draft.".to_owned(),
    }
}

/// `Ana is here too, seen 10 seconds ago.`
#[component]
pub fn Others(editing: Shared) -> impl IntoView {
    let names: Vec<String> = editing.view.others.iter().map(|stamp| stamp.by.name.clone()).collect();
    let now = editing.view.now;
    let is = if names.len() == 1 { "is" } else { "are" };
    let here = (!names.is_empty()).then(|| {
        let last = editing.view.others.iter().map(|stamp| stamp.at).max();
        view! {
            <p class="others">
                <Icon name="person"/>
                <span>
                    {list(&names)} " " {is} " looking at this draft too"
                    {last.map(|at| view! { ", last seen " <Ago at now/> })}
                    ". Nobody writes over the other."
                </span>
            </p>
        }
    });
    view! { <div role="status" class="others-place">{here}</div> }
}
