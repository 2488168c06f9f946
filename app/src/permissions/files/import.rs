use domain::{role::Capability, sentence::visible};
use islands::Said;
use leptos::prelude::*;

use super::{
    pasted::{Found, Pasted},
    would::WhatWouldChange,
};
use crate::{
    paths,
    server::actor,
    ui::{Empty, ErrorNote, Field, Notice, PageTitle, Section, Submit, TextArea, Tone, by_reader, loaded, words},
};

/// Takes in the file of an agent, a new one or one that is there: first it says what that would change.
#[component]
pub fn ImportPage() -> impl IntoView {
    let pasted = use_context::<Pasted>();
    loaded(async move {
        let actor = actor().await?;
        Ok(match actor.can(Capability::Govern) {
            true => view! { <Import pasted/> }.into_any(),
            false => view! {
                <PageTitle title="Take in an agent file" lead="It brings an agent with its permissions, as a draft."/>
                <Empty title="Only an admin takes in agent files">
                    <p>"Ask one of them, and send them the file."</p>
                </Empty>
            }
            .into_any(),
        })
    })
}

#[component]
fn Import(pasted: Option<Pasted>) -> impl IntoView {
    let lead = lead(pasted.as_ref().map(|pasted| &pasted.found));
    let Some(Pasted { text, note, accepted, found, error }) = pasted else {
        return view! {
            <PageTitle title="Take in an agent file" lead/>
            <FileForm text=String::new() tone=Tone::Accent/>
        }
        .into_any();
    };
    let (found, tone) = match found {
        Found::Nothing => (().into_any(), Tone::Accent),
        Found::Faults(faults) => (view! { <Faults faults/> }.into_any(), Tone::Accent),
        Found::Changes(would) => {
            let text = text.clone();
            (view! { <WhatWouldChange would=*would text note accepted/> }.into_any(), Tone::Neutral)
        }
    };
    view! {
        <PageTitle title="Take in an agent file" lead/>
        <ErrorNote error/>
        {found}
        <Section title="Another file, or this one changed">
            <FileForm text tone/>
        </Section>
    }
    .into_any()
}

fn lead(found: Option<&Found>) -> String {
    match found {
        None => "First you see what it would change. Nothing is changed before you say so.".to_owned(),
        Some(Found::Nothing) => "See what came of it below.".to_owned(),
        Some(Found::Faults(faults)) => {
            let number = words::count(words::number(faults.len()), "thing has", "things have");
            format!("Nothing was changed: {number} to be put right first.")
        }
        Some(Found::Changes(would)) => {
            let name = visible(&would.file.agent.name);
            match would.changes.len() {
                0 => format!("Nothing would change: all of it stands already, for {name}."),
                number => {
                    let number = words::count(words::number(number), "thing", "things");
                    format!("It would change {number}, for {name}. Nothing is changed yet.")
                }
            }
        }
    }
}

#[component]
fn Faults(faults: Vec<String>) -> impl IntoView {
    let lines: Vec<_> =
        faults.into_iter().map(|fault| view! { <li><Said text=words::sentence(&fault)/></li> }).collect();
    view! {
        <Notice tone=Tone::Waiting>
            <p class="notice-title">"This has to be put right first:"</p>
            <ul class="reasons">{lines}</ul>
        </Notice>
    }
}

/// Where the file is chosen or pasted. The answer is a page of its own, so that the client leaves it to the browser.
#[component]
fn FileForm(text: String, tone: Tone) -> impl IntoView {
    view! {
        <form class="form form-wide" method="post" action=by_reader(&paths::import_agent()) enctype="multipart/form-data" data-leaves>
            <Field label="A file of yours" name="chosen" hint="Where one is chosen, it counts, and not what stands below.">
                <input class="input" type="file" name="chosen" accept=".toml,application/toml,text/plain"/>
            </Field>
            <Field label="Or its text" name="file" hint="The whole of it, as the command “reins agent apply” takes it, and as the permissions of an agent give it under “In and out”.">
                <TextArea name="file" value=text rows=16 code=true/>
            </Field>
            <div class="actions">
                <Submit label="See what it would change" tone/>
                <a class="button button-quiet" href=paths::agents()>"Back to the agents"</a>
            </div>
        </form>
    }
}
