use domain::sentence::{self, visible};
use islands::Said;
use leptos::prelude::*;

use super::pasted::Would;
use crate::{
    catalog::Meaning,
    paths,
    permissions::versions::Differences,
    ui::{Ago, Layers, Notice, Reason, Section, Submit, Tone, by_reader, words},
};

/// What a file would change, and the word that changes it.
#[component]
pub fn WhatWouldChange(would: Would, text: String, note: String, accepted: Vec<String>) -> impl IntoView {
    if would.changes.is_empty() {
        let slug = &would.file.agent.slug;
        return view! {
            <p class="actions">
                <a class="button button-neutral" href=paths::permissions(slug)>"See its permissions"</a>
            </p>
        }
        .into_any();
    }
    let changes: Vec<_> =
        would.changes.iter().map(|change| view! { <li><Said text=words::sentence(change)/></li> }).collect();
    let sentences = sentence::permission_set(&would.file.permissions, &would.names());
    let permissions = match would.differences() {
        Some(changes) => view! {
            <Section title="What would differ in its permissions">
                <Differences changes/>
            </Section>
        }
        .into_any(),
        None => view! {
            <Section title="What its permissions would say">
                <Layers sentences/>
            </Section>
        }
        .into_any(),
    };
    let meaning = would.meaning.clone();
    if meaning.takes_two {
        let lines: Vec<_> =
            meaning.statements.into_iter().map(|said| view! { <li><Said text=said.sentence/></li> }).collect();
        return view! {
            <Notice tone=Tone::Waiting>
                <p class="notice-title">"One admin alone cannot take this in"</p>
                <ul class="reasons">{lines}</ul>
                <p>
                    "It takes two to publish here, and this changes what permissions in force or proposed mean. Change that by itself, under "
                    <a href=paths::actions()>"Actions"</a> ", " <a href=paths::data_sets()>"Data sets"</a> ", "
                    <a href=paths::words()>"Words"</a> ", " <a href=paths::queues()>"Queues"</a> " or "
                    <a href=paths::integrations()>"Integrations"</a> ", where another admin accepts it; then take the file in."
                </p>
            </Notice>
            <Section title="What would change">
                <ul class="reasons">{changes}</ul>
            </Section>
            {permissions}
        }
        .into_any();
    }
    view! {
        <Section title="What would change">
            <ul class="reasons">{changes}</ul>
        </Section>
        {permissions}
        <Replaced would=would.clone()/>
        <Section title="Take it in">
            <form class="form" method="post" action=by_reader(&paths::import_agent()) data-leaves>
                <input type="hidden" name="file" value=text/>
                <input type="hidden" name="seen" value=would.seen()/>
                <Meaning meaning ticked=accepted/>
                <Reason label="Why, for the record" name="note" value=note required=true/>
                <div class="actions">
                    <Submit label=format!("Take in {}", visible(&would.file.agent.name)) tone=Tone::Accent/>
                </div>
                <p class="hint">"Its permissions become a draft, which decides nothing until you publish it. Actions, data sets and queues count from the next request on."</p>
            </form>
        </Section>
    }
    .into_any()
}

/// The draft that gives way.
#[component]
fn Replaced(would: Would) -> impl IntoView {
    let view = would.before?;
    let draft = view.draft?;
    Some(view! {
        <Notice tone=Tone::Waiting>
            {draft.begun.by.name} " has a draft open, changed " <Ago at=draft.changed.at now=view.now/>
            ". Where the permissions differ, it is discarded for the file; it can be taken back."
        </Notice>
    })
}
