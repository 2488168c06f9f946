use domain::authoring::draft::DraftConflict;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    calls::{Propose, Publish},
    form::PublishForm,
    risks::Wrong,
    typed::{NoteKept, Typed},
};
use crate::{
    catalog::Ends,
    error::UiError,
    paths,
    permissions::{
        draft::CatchUpNote,
        editing::{Editing, Shared},
        versions::Differences,
    },
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, Layers, Notice, PageTitle, Section, Tone, failure, loaded, words},
};

/// What would change for the agent, what is risky in it, and the word that publishes it.
#[component]
pub fn PublishPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let page = async move {
        let (actor, governance) = (actor().await?, governance()?);
        let ends = governance.ends_with_draft(&actor, &slug).await?;
        let editing = Editing::load(&governance, &actor, slug).await?;
        let me = actor.person()?.id;
        let own = editing.view.draft.as_ref().and_then(|draft| draft.proposal.as_ref());
        let own = own.is_some_and(|proposal| proposal.stamp.by.id == me);
        let typed = Typed::of_address();
        Ok(view! { <Publishing editing own typed ends/> })
    };
    let failed: Option<UiError> = failure::<Publish>().or_else(failure::<Propose>);
    view! {
        <DoneNote/>
        <ErrorNote error=failed/>
        {loaded(page)}
    }
}

#[component]
fn Publishing(
    editing: Shared,
    /// Whether the reader has proposed it.
    own: bool,
    typed: Typed,
    /// How much that is open ends with it.
    ends: u32,
) -> impl IntoView {
    let name = editing.view.agent.link.name.clone();
    let title = format!("Publish permissions of {name}");
    let words = if editing.view.draft.is_some() { "Back to the draft" } else { "Back to the permissions" };
    let back = view! { <a href=paths::permissions(&editing.slug)>{words}</a> };
    if editing.view.draft.is_none() {
        return view! {
            <PageTitle title lead="There is no draft to publish.">{back}</PageTitle>
            <NoteKept typed/>
            <Empty title="Nothing to publish">
                <p>
                    "Change something first, or look at the "
                    <a href=paths::versions(&editing.slug)>"versions"</a> "."
                </p>
            </Empty>
        }
        .into_any();
    }
    let lead = lead(&editing);
    let same = editing.view.may_publish == Err(DraftConflict::Same);
    let form = match same {
        true => view! {
            <Notice tone=Tone::Neutral>"The draft says what is in force already, so there is nothing to publish."</Notice>
            <NoteKept typed/>
        }
        .into_any(),
        false => view! { <PublishForm editing=editing.clone() own typed/> }.into_any(),
    };
    view! {
        <PageTitle title lead>{back}</PageTitle>
        <CatchUpNote editing=editing.clone()/>
        <Wrong editing=editing.clone()/>
        <div class="publish">
            <div class="publish-what">
                <Changes editing=editing.clone()/>
                <Ends ends/>
            </div>
            <div class="publish-how">{form}</div>
        </div>
    }
    .into_any()
}

fn lead(editing: &Shared) -> String {
    let version = editing.next_version();
    let changes = editing.view.differences.len();
    match &editing.view.in_force {
        Some(_) => format!(
            "Version {version} changes {} against version {}.",
            words::count(words::number(changes), "thing", "things"),
            version - 1
        ),
        None => format!("Version {version} is the first: until now everything is denied."),
    }
}

#[component]
fn Changes(editing: Shared) -> impl IntoView {
    match &editing.view.in_force {
        Some(_) => view! {
            <Section title="What changes">
                <Differences changes=editing.view.differences.clone()/>
                <p class="quiet">
                    <a href=paths::impact(&editing.slug)>"See what it would have changed last month"</a>
                </p>
            </Section>
        }
        .into_any(),
        None => view! {
            <Section title="What will be in force">
                <Layers sentences=editing.view.sentences.clone()/>
            </Section>
        }
        .into_any(),
    }
}
