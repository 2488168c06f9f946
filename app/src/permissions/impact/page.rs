use domain::view::impact::{ImpactView, RunState};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    calls::{CancelImpact, JudgeRecord},
    cases::Cases,
    coverage::Coverage,
    figures::Figures,
    given::Given,
    load::Loads,
    standing::{Standing, lead},
};
use crate::{
    error::UiError,
    paths,
    permissions::editing::{Editing, Shared},
    server::{actor, governance},
    ui::{Empty, ErrorNote, Notice, PageTitle, Section, Submit, Tone, failure, loaded, post_to},
};

/// How many more or fewer would have been asked, denied and allowed.
#[component]
pub fn ImpactPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let page = async move {
        let (actor, governance) = (actor().await?, governance()?);
        let editing = Editing::load(&governance, &actor, slug).await?;
        let past = governance.impact(&actor, &editing.slug).await?;
        Ok(view! { <Impact editing past/> })
    };
    view! {
        <Failures/>
        {loaded(page)}
    }
}

#[component]
fn Failures() -> impl IntoView {
    match failure::<JudgeRecord>() {
        Some(UiError::Conflict) => view! {
            <div class="error-note" role="alert">
                <Notice tone=Tone::Waiting>"The past is being judged already, so nothing new was begun."</Notice>
            </div>
        }
        .into_any(),
        error => view! { <ErrorNote error={error.or_else(failure::<CancelImpact>)}/> }.into_any(),
    }
}

#[component]
fn Impact(editing: Shared, past: ImpactView) -> impl IntoView {
    let title = format!("What would have changed for {}", editing.view.agent.link.name);
    let ways = view! {
        <a href=paths::permissions(&editing.slug)>"Back to the permissions"</a>
        <a href=paths::try_it(&editing.slug)>"Try it"</a>
    };
    let lead = lead(past.run.as_ref(), editing.view.draft.is_some());
    let running = past.run.as_ref().is_some_and(|run| run.state == RunState::Running);
    let figures = past.run.as_ref().and_then(|run| {
        let impact = run.summary.clone()?;
        let (queues, source) = (editing.view.catalog.queues.clone(), run.source);
        Some(view! {
            <Figures impact=impact.clone()/>
            <Loads impact=impact.clone() queues source/>
            <Cases impact=impact.clone() source/>
            <Coverage impact source/>
        })
    });
    let begin = (!running).then(|| view! { <Begin editing=editing.clone()/> });
    view! {
        <PageTitle title lead>{ways}</PageTitle>
        <Standing editing past/>
        {figures}
        {begin}
    }
}

/// The ways to judge the past.
#[component]
fn Begin(editing: Shared) -> impl IntoView {
    if !editing.view.may_edit {
        return view! {
            <Notice tone=Tone::Neutral>"Only an admin has the past judged by a draft. You see what came of it."</Notice>
        }
        .into_any();
    }
    let Some(seen) = editing.view.draft.as_ref().map(|draft| draft.seen.to_string()) else {
        return view! {
            <Empty title="There is no draft">
                <p>
                    "A draft begins with the first change. "
                    <a href=paths::permissions(&editing.slug)>"Change something"</a>
                    ", then see here what it would have changed."
                </p>
            </Empty>
        }
        .into_any();
    };
    let agent = editing.slug.clone();
    view! {
        <Section title="Judge the past by the draft">
            <p class="quiet">"Nothing is asked or carried out again."</p>
            <form class="form" method="post" data-key="record" action={post_to::<JudgeRecord>()}>
                <input type="hidden" name="agent" value=agent.clone()/>
                <input type="hidden" name="seen" value=seen.clone()/>
                <div class="actions">
                    <Submit label="Judge the last 30 days" tone=Tone::Accent/>
                </div>
            </form>
            <Given agent seen/>
        </Section>
    }
    .into_any()
}
