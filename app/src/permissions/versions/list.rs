use domain::authoring::draft::{Side, VersionRow, VersionsPage as Page};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::compare::CompareForm;
use crate::{
    paths,
    server::{actor, governance},
    ui::{DatedAt, DoneNote, Empty, PageTitle, Section, Tag, Tone, Written, loaded, words},
};

/// All versions of an agent's permissions, the newest first.
#[component]
pub fn VersionsPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let before = use_query_map().with_untracked(|query| query.get("before")?.parse().ok());
    let page = async move {
        let page = governance()?.versions(&actor().await?, &slug, before).await?;
        Ok(view! { <Versions page/> })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

#[component]
fn Versions(page: Page) -> impl IntoView {
    let Page { agent, versions, next, .. } = page;
    let slug = agent.link.slug.clone();
    let title = format!("Versions of {}", agent.link.name);
    let lead = match versions.iter().find(|row| row.in_force) {
        Some(row) => format!("Version {} is in force, published by {}.", row.version, row.published.by.name),
        None if versions.is_empty() => "Nothing was published yet.".to_owned(),
        None => format!("Older versions, the newest of them {}.", versions[0].version),
    };
    let compare = (versions.len() > 1).then(|| {
        let (from, to) = (Side::Version(versions[1].version), Side::Version(versions[0].version));
        let (slug, versions) = (slug.clone(), versions.clone());
        view! {
            <Section title="Compare two">
                <CompareForm slug versions has_draft=false from to/>
            </Section>
        }
    });
    let nothing = versions.is_empty().then(|| {
        view! {
            <Empty title="No version yet">
                <p>"Without permissions everything that this agent asks for is denied."</p>
            </Empty>
        }
    });
    let none = versions.is_empty();
    let lines: Vec<_> = versions.into_iter().map(|row| view! { <Line slug=slug.clone() row/> }).collect();
    let older = next.map(
        |next| view! { <a class="button button-neutral" href=paths::versions_before(&slug, next)>"Older versions"</a> },
    );
    view! {
        <PageTitle title lead>
            <a href=paths::agent(&slug)>{agent.link.name}</a>
            <a href=paths::permissions(&slug)>"Permissions"</a>
        </PageTitle>
        {nothing}
        <ul class="lines" hidden=none>{lines}</ul>
        <p class="pager">{older}</p>
        {compare}
    }
}

#[component]
fn Line(slug: String, row: VersionRow) -> impl IntoView {
    let accepted = (!row.accepted.is_empty())
        .then(|| format!(" {} accepted.", words::count(words::number(row.accepted.len()), "risk", "risks")));
    let proposed = row.proposed.map(|proposed| {
        view! { ", proposed by " <Written text=proposed.by.name/> ": “" <Written text=proposed.note/> "”" }
    });
    view! {
        <li class="line" data-key=row.version.to_string()>
            <div class="line-main">
                <a class="line-link" href=paths::version(&slug, row.version)>{format!("Version {}", row.version)}</a>
                <p>"“" <Written text=row.note/> "”"</p>
                <p class="line-more">
                    "Published by " {row.published.by.name} {proposed} ", " <DatedAt at=row.published.at/> "."
                    {accepted}
                </p>
            </div>
            <div class="line-side">
                {row.in_force.then(|| view! { <Tag tone=Tone::Good text="In force"/> })}
            </div>
        </li>
    }
}
