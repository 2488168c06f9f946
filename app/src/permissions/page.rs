use domain::{
    authoring::{draft::DraftConflict, risk::Severity},
    role::Capability,
};
use governance::Actor;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    bar::{DraftBar, Others, lead},
    begin::Begin,
    both::BothChanged,
    calls::{
        AddLimit, AddRule, SaveLimit, SaveRule, SetAction, SetDataSet, SetFallback, SetKeepDays, SetMask, SetRecord,
        SetRequire,
    },
    draft::{CatchUpNote, DraftEnd, ProposedNote},
    editing::{Editing, Shared},
    layers::{ActionLayer, DataLayer, LoggingLayer},
    publish::calls::{CatchUp, Discard, TakeBack},
    reads_back::{Findings, ReadsBack},
    rules::RuleLayer,
};
use crate::{
    error::UiError,
    paths,
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, Layers, Notice, PageTitle, Section, Tone, failure, loaded},
};

/// Where an agent's permissions are written; for those who only look, where they are read.
#[component]
pub fn EditorPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let page = async move {
        let actor = actor().await?;
        let governance = governance()?;
        governance.look_at_draft(&actor, &slug).await?;
        let editing = Editing::load(&governance, &actor, slug).await?;
        Ok(match editing.view.may_edit {
            true => view! { <Editor editing/> }.into_any(),
            false => view! { <Reading actor editing/> }.into_any(),
        })
    };
    view! {
        <DoneNote/>
        <Failures/>
        {loaded(page)}
    }
}

/// Why nothing was done, where no part of the page can say it.
#[component]
fn Failures() -> impl IntoView {
    let failures: [Option<UiError>; 14] = [
        failure::<SetDataSet>(),
        failure::<SetAction>(),
        failure::<SaveLimit>(),
        failure::<AddLimit>(),
        failure::<AddRule>(),
        failure::<SaveRule>(),
        failure::<SetFallback>(),
        failure::<SetRecord>(),
        failure::<SetRequire>(),
        failure::<SetMask>(),
        failure::<SetKeepDays>(),
        failure::<Discard>(),
        failure::<TakeBack>(),
        failure::<CatchUp>(),
    ];
    let error = failures.into_iter().flatten().next();
    view! { <ErrorNote error/> }
}

#[component]
fn Editor(editing: Shared) -> impl IntoView {
    let title = format!("Permissions of {}", editing.view.agent.link.name);
    let ways = view! { <Ways editing=editing.clone()/> };
    view! {
        <PageTitle title lead=lead(&editing)>{ways}</PageTitle>
        <BothChanged editing=editing.clone()/>
        <Others editing=editing.clone()/>
        <CatchUpNote editing=editing.clone()/>
        <ProposedNote editing=editing.clone()/>
        <DraftBar editing=editing.clone()/>
        <Begin editing=editing.clone()/>
        <div class="editor" data-follow="10">
            <div class="editor-forms">
                <DataLayer editing=editing.clone()/>
                <ActionLayer editing=editing.clone()/>
                <RuleLayer editing=editing.clone()/>
                <LoggingLayer editing=editing.clone()/>
                <DraftEnd editing=editing.clone()/>
            </div>
            <ReadsBack editing/>
        </div>
    }
}

/// The pages around the editor.
#[component]
pub fn Ways(editing: Shared) -> impl IntoView {
    let slug = &editing.slug;
    let ways = [
        (paths::agent(slug), "The agent"),
        (paths::try_it(slug), "Try it"),
        (paths::impact(slug), "What would have changed"),
        (paths::versions(slug), "Versions"),
        (paths::files(slug), "In and out"),
        (paths::print_permissions(slug), "Print"),
    ];
    let ways: Vec<_> = ways.into_iter().map(|(href, words)| view! { <li><a href=href>{words}</a></li> }).collect();
    view! {
        <nav aria-label="Around these permissions">
            <ul class="ways">{ways}</ul>
        </nav>
    }
}

/// For those who do not write: what stands there.
#[component]
fn Reading(actor: Actor, editing: Shared) -> impl IntoView {
    let title = format!("Permissions of {}", editing.view.agent.link.name);
    let why = match (actor.can(Capability::Govern), &editing.view.may_publish) {
        (true, Err(DraftConflict::Retired)) => "The agent is retired: its permissions stay as they are.",
        _ => "Only an admin changes permissions. You see what stands in them.",
    };
    let nothing = editing.view.draft.is_none() && editing.view.in_force.is_none();
    let said = match nothing {
        true => {
            view! { <Empty title="No permissions yet"><p>"Without them everything is denied."</p></Empty> }.into_any()
        }
        false => {
            let sentences = editing.view.sentences.clone();
            view! { <Section title="What is permitted"><Layers sentences/></Section> }.into_any()
        }
    };
    let risky = editing.count(Severity::Wrong) + editing.count(Severity::Risky) > 0;
    let ways = view! { <Ways editing=editing.clone()/> };
    let risky = risky.then(|| {
        let editing = editing.clone();
        view! {
            <Section title="What to look at">
                <Findings editing/>
            </Section>
        }
    });
    view! {
        <PageTitle title lead=reading_lead(&editing)>{ways}</PageTitle>
        <Notice tone=Tone::Neutral>{why}</Notice>
        {said}
        {risky}
    }
}

fn reading_lead(editing: &Shared) -> String {
    match (&editing.view.draft, &editing.view.in_force) {
        (Some(draft), Some(row)) => {
            format!("A draft of {}. Version {} is in force.", draft.begun.by.name, row.version)
        }
        (Some(draft), None) => format!("A draft of {}. Nothing is in force.", draft.begun.by.name),
        (None, Some(row)) => format!("Version {} is in force.", row.version),
        (None, None) => "Nothing is permitted yet.".to_owned(),
    }
}
