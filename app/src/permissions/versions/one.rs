use domain::{
    agent::Mode,
    authoring::draft::{DraftView, VersionRow, VersionView},
    role::Capability,
};
use governance::Error;
use islands::Said;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::Differences;
use crate::{
    paths,
    permissions::publish::calls::Restore,
    server::{actor, governance},
    ui::{
        DatedAt, DoneNote, ErrorNote, Fact, Facts, Layers, Notice, PageTitle, Section, Submit, Tag, Tone, Written,
        failure, loaded, post_to,
    },
};

/// One version, whole.
#[component]
pub fn VersionPage() -> impl IntoView {
    let (slug, number) = use_params_map()
        .with_untracked(|params| (params.get("slug").unwrap_or_default(), params.get("version").unwrap_or_default()));
    let page = async move {
        let (actor, governance) = (actor().await?, governance()?);
        let number = number.parse().map_err(|_| Error::NotFound)?;
        let version = governance.version(&actor, &slug, number).await?;
        let draft = match actor.can(Capability::Govern) {
            true => Some(governance.draft(&actor, &slug).await?),
            false => None,
        };
        Ok(view! { <Version version draft/> })
    };
    view! {
        <DoneNote/>
        <ErrorNote error={failure::<Restore>()}/>
        {loaded(page)}
    }
}

#[component]
fn Version(
    version: VersionView,
    /// For those who may bring it back.
    draft: Option<DraftView>,
) -> impl IntoView {
    let VersionView { agent, row, sentences, differences, .. } = version;
    let slug = agent.link.slug.clone();
    let number = row.version;
    let title = format!("Version {number} of {}", agent.link.name);
    let page = paths::agent(&slug);
    let still_draft = (row.in_force && agent.mode == Mode::Draft).then(|| {
        view! {
            <Notice tone=Tone::Waiting>
                <p class="notice-title">{agent.link.name.clone()} " is still a draft, and everything it asks is denied."</p>
                <p>
                    "Set it to shadow, so that it is judged only, or live: "
                    <a href=page>"the agent’s page"</a>
                </p>
            </Notice>
        }
    });
    let lead = match row.in_force {
        true => format!("In force, published by {}.", row.published.by.name),
        false => format!("Not in force any more. It was published by {}.", row.published.by.name),
    };
    let tag = row.in_force.then(|| view! { <Tag tone=Tone::Good text="In force"/> });
    let compare = (number > 1).then(|| {
        view! { <a href=paths::compare(&slug, number - 1, number)>{format!("Compare with version {}", number - 1)}</a> }
    });
    let restore = draft.filter(|_| !row.in_force).map(|draft| view! { <RestoreForm draft number/> });
    view! {
        <PageTitle title lead>
            {tag}
            <a href=paths::versions(&slug)>"All versions"</a>
            {compare}
        </PageTitle>
        {still_draft}
        <About row/>
        {(number > 1)
            .then(|| {
                view! {
                    <Section title=format!("What it changed of version {}", number - 1)>
                        <Differences changes=differences/>
                    </Section>
                }
            })}
        <Section title="What it says">
            <p class="hint">"Actions, data sets and queues are called as they are called today."</p>
            <Layers sentences/>
        </Section>
        {restore}
    }
}

/// Who published it, when and why, and what they accepted.
#[component]
fn About(row: VersionRow) -> impl IntoView {
    let proposed = row.proposed.map(|proposed| {
        view! {
            <Fact label="Proposed by"><Written text=proposed.by.name/></Fact>
            <Fact label="Why, as proposed"><Written text=proposed.note/></Fact>
        }
    });
    let accepted = (!row.accepted.is_empty()).then(|| {
        let lines: Vec<_> =
            row.accepted.into_iter().map(|said| view! { <li><Said text=said.sentence/></li> }).collect();
        view! { <Fact label="Risks accepted"><ul class="sentences">{lines}</ul></Fact> }
    });
    view! {
        <Section title="Who and why">
            <Facts>
                <Fact label="Published by">{row.published.by.name}</Fact>
                {proposed}
                <Fact label="When"><DatedAt at=row.published.at/></Fact>
                <Fact label="Why, as published"><Written text=row.note/></Fact>
                {accepted}
            </Facts>
        </Section>
    }
}

#[component]
fn RestoreForm(draft: DraftView, number: i32) -> impl IntoView {
    if !draft.may_edit {
        return None;
    }
    let open = draft.draft.as_ref().map(|draft| draft.seen.to_string());
    let hint = match &draft.draft {
        Some(open) => format!(
            "The open draft of {} is discarded for it; it can be taken back. Nothing is in force until you publish.",
            open.begun.by.name
        ),
        None => "Nothing is in force until you publish.".to_owned(),
    };
    Some(view! {
        <Section title="Bring it back">
            <form class="form" method="post" action={post_to::<Restore>()}>
                <input type="hidden" name="agent" value=draft.agent.link.slug/>
                <input type="hidden" name="version" value=number.to_string()/>
                <input type="hidden" name="seen" value=open.unwrap_or_default()/>
                <p class="hint">{hint}</p>
                <div class="actions">
                    <Submit label=format!("Begin a draft from version {number}")/>
                </div>
            </form>
        </Section>
    })
}
