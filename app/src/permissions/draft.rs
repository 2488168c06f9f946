use domain::authoring::draft::DraftConflict;
use leptos::prelude::*;

use super::{
    editing::Shared,
    publish::calls::{CatchUp, Discard, TakeBack},
};
use crate::{
    paths,
    ui::{Ago, Icon, Submit, Tone, post_to},
};

/// What to do with the draft as a whole.
#[component]
pub fn DraftEnd(editing: Shared) -> impl IntoView {
    let now = editing.view.now;
    let open = editing.view.draft.as_ref().map(|draft| draft.seen.to_string());
    let version = editing.next_version();
    let ways_on = open.clone().map(|seen| {
        view! {
            <div class="actions">
                <a class="button button-accent" href=paths::publish(&editing.slug)>{format!("Publish version {version} …")}</a>
                <form method="post" data-key="discard" action={post_to::<Discard>()}>
                    <input type="hidden" name="agent" value=editing.slug.clone()/>
                    <input type="hidden" name="seen" value=seen/>
                    <Submit label="Discard the draft"/>
                </form>
            </div>
        }
    });
    let nothing = open.is_none().then(|| view! { <p class="quiet">"There is nothing to publish yet."</p> });
    let back = editing.view.discarded.clone().map(|stamp| {
        let label = if open.is_some() { "Take it back instead of this draft" } else { "Take it back" };
        view! {
            <form class="phrase" method="post" data-key="take-back" action={post_to::<TakeBack>()}>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="seen" value=open.unwrap_or_default()/>
                <span>{stamp.by.name} " discarded a draft " <Ago at=stamp.at now/> "."</span>
                <button type="submit" class="button button-neutral button-row">{label}</button>
            </form>
        }
    });
    view! {
        <section class="draft-finish" aria-label="The draft" data-key="finish">
            {ways_on}
            {nothing}
            {back}
        </section>
    }
}

/// The draft waits for another admin; whoever changes it takes the proposal back.
#[component]
pub fn ProposedNote(editing: Shared) -> impl IntoView {
    let proposal = editing.view.draft.as_ref()?.proposal.clone()?;
    Some(view! {
        <div class="notice notice-waiting" data-key="proposed">
            <Icon name="clock"/>
            <div class="notice-text">
                <p class="notice-title">
                    {proposal.stamp.by.name} " proposed this draft " <Ago at=proposal.stamp.at now=editing.view.now/> "."
                </p>
                <p>
                    "Any change takes the proposal back. "
                    <a href=paths::publish(&editing.slug)>"Look at what changes, and publish it"</a>
                </p>
            </div>
        </div>
    })
}

/// Another version was published since the draft was begun.
#[component]
pub fn CatchUpNote(editing: Shared) -> impl IntoView {
    let Err(DraftConflict::Superseded { version }) = &editing.view.may_publish else { return None };
    let seen = editing.view.draft.as_ref()?.seen.to_string();
    let words =
        format!("{} published version {} after this draft was begun.", version.published.by.name, version.version);
    Some(view! {
        <div class="notice notice-waiting" data-key="catch-up">
            <Icon name="clock"/>
            <div class="notice-text">
                <p class="notice-title">{words}</p>
                <p>"Carry your changes over to it before you publish. Where both changed the same, yours stand."</p>
                <form method="post" action={post_to::<CatchUp>()}>
                    <input type="hidden" name="agent" value=editing.slug.clone()/>
                    <input type="hidden" name="seen" value=seen/>
                    <Submit label=format!("Carry the draft over to version {}", version.version) tone=Tone::Accent/>
                </form>
            </div>
        </div>
    })
}
