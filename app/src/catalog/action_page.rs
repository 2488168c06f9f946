use chrono::{DateTime, Utc};
use domain::{
    authoring::meaning::Change,
    sentence::visible,
    view::catalog::{ActionRow, ActionView, Meaning as Means, RevisionRow},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    action_form::{ActionForm, Choices},
    actions_page::UsedBy,
    preview::Preview,
    typed::Typed,
};
use crate::{
    paths,
    server::{actor, governance},
    settings::SettingsNav,
    ui::{Ago, DoneNote, Empty, Fact, Facts, PageTitle, Section, loaded, words::list},
};

#[component]
pub fn NewActionPage() -> impl IntoView {
    let typed = use_context::<Typed>();
    loaded(async move {
        let actor = actor().await?;
        let page = governance()?.catalog(&actor).await?;
        let data_sets = page.data_sets.into_iter().map(|row| row.set).collect();
        let choices = Choices { data_sets, integrations: page.integrations };
        let form = match page.may_edit {
            true => view! { <ActionForm typed=typed.unwrap_or_else(Typed::blank) choices meaning=Means::default()/> }
                .into_any(),
            false => view! {
                <Empty title="Only an admin adds action types">
                    <p>"Ask one of them, and say what the agent should be able to ask for."</p>
                </Empty>
            }
            .into_any(),
        };
        Ok(view! {
            <PageTitle title="New action type" lead="Something that agents can ask to do. Until a permission set allows it, it is denied."/>
            <SettingsNav actor here="Actions"/>
            {form}
        })
    })
}

#[component]
pub fn ActionPage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("name").unwrap_or_default());
    let typed = use_context::<Typed>();
    let page = async move {
        let actor = actor().await?;
        let governance = governance()?;
        let view = governance.action_type(&actor, &name).await?;
        let meaning = match typed.as_ref().and_then(|typed: &Typed| typed.action_type().ok()) {
            Some(action) => {
                let seen = Some(view.row.revision);
                governance.meaning(&actor, &Change::ActionType { action, seen }).await?
            }
            None => Means::default(),
        };
        Ok(view! {
            <PageTitle title=visible(&view.row.action.label) lead=lead(&view.row)/>
            <SettingsNav actor here="Actions"/>
            <Action view typed meaning/>
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

/// `Revision 3, allowed or named in the permissions of 2 agents.`
fn lead(row: &ActionRow) -> String {
    let names: Vec<String> = row.agents.iter().map(|agent| agent.name.clone()).collect();
    match names.is_empty() {
        true => format!("Revision {}. No agent’s permissions name it.", row.revision),
        false => format!("Revision {}, named in the permissions of {}.", row.revision, list(&names)),
    }
}

#[component]
fn Action(view: ActionView, typed: Option<Typed>, meaning: Means) -> impl IntoView {
    let ActionView { row, revisions, data_sets, integrations, may_edit, now } = view;
    let form = may_edit.then(|| {
        let typed = typed.unwrap_or_else(|| Typed::of(&row.action, row.revision));
        let choices = Choices { data_sets, integrations };
        view! { <ActionForm typed choices meaning/> }
    });
    let reads = (!may_edit).then(|| view! { <Preview action=row.action.clone()/> });
    view! {
        <Section title="As it is">
            <Facts>
                <Fact label="Name"><code>{row.action.name.clone()}</code></Fact>
                <Fact label="Effect">{format!("It {}.", row.action.effect.words())}</Fact>
                <Fact label="Undoing">{visible(&row.action.reversibility.words())}</Fact>
                <Fact label="Used by"><UsedBy agents=row.agents.clone()/></Fact>
            </Facts>
        </Section>
        {reads}
        {form}
        <Revisions revisions now/>
    }
}

#[component]
fn Revisions(revisions: Vec<RevisionRow>, now: DateTime<Utc>) -> impl IntoView {
    let lines: Vec<_> = revisions
        .into_iter()
        .map(|revision| {
            view! {
                <li class="line" data-key=revision.revision.to_string()>
                    <div class="line-main">
                        <p>{format!("Revision {}: {}", revision.revision, visible(&revision.action.sentence))}</p>
                        <p class="line-more">{revision.changed.by.name} ", " <Ago at=revision.changed.at now/></p>
                    </div>
                </li>
            }
        })
        .collect();
    view! {
        <Section title="Revisions">
            <p class="quiet">"Requests remember the revision that they were judged by. " <a href=paths::activity()>"Why it was changed stands in the record"</a> "."</p>
            <ol class="lines">{lines}</ol>
        </Section>
    }
}
