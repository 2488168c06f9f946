use domain::authoring::draft::{Comparison, Side, VersionRow};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::Differences;
use crate::{
    paths,
    server::{actor, governance},
    ui::{Field, PageTitle, Section, Submit, loaded, words},
};

/// What differs between two versions, or the draft and a version, in sentences.
#[component]
pub fn ComparePage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let (from, to) = use_query_map().with_untracked(|query| {
        let side = |name: &str| query.get(name).and_then(|text| text.parse::<Side>().ok());
        (side("from"), side("to"))
    });
    loaded(async move {
        let (actor, governance) = (actor().await?, governance()?);
        // Without two to compare, the newest and the one before it.
        let newest = governance.versions(&actor, &slug, None).await?.versions.first().map_or(1, |row| row.version);
        let (from, to) = (from.unwrap_or(Side::Version((newest - 1).max(1))), to.unwrap_or(Side::Version(newest)));
        let comparison = governance.compare(&actor, &slug, from, to).await?;
        Ok(view! { <Compare comparison/> })
    })
}

#[component]
fn Compare(comparison: Comparison) -> impl IntoView {
    let Comparison { agent, old, new, differences, versions, has_draft, .. } = comparison;
    let slug = agent.link.slug.clone();
    let title = format!("{} against {}", called(new, true), called(old, false));
    let lead = match differences.len() {
        0 => format!("Both say the same of {}.", agent.link.name),
        number => {
            let number = words::count(words::number(number), "difference", "differences");
            format!("{number} for {}.", agent.link.name)
        }
    };
    let all = view! { <a href=paths::versions(&slug)>"All versions"</a> };
    let sides = [old, new].map(|side| view! { <a href=address(&slug, side)>{called(side, true)}</a> });
    view! {
        <PageTitle title lead>
            {all} {sides}
        </PageTitle>
        <Section title="What differs">
            <Differences changes=differences/>
        </Section>
        <Section title="Compare others">
            <CompareForm slug versions has_draft from=old to=new/>
        </Section>
    }
}

fn called(side: Side, first: bool) -> String {
    match (side, first) {
        (Side::Draft, true) => "The draft".to_owned(),
        (Side::Draft, false) => "the draft".to_owned(),
        (Side::Version(version), true) => format!("Version {version}"),
        (Side::Version(version), false) => format!("version {version}"),
    }
}

fn address(slug: &str, side: Side) -> String {
    match side {
        Side::Draft => paths::permissions(slug),
        Side::Version(version) => paths::version(slug, version),
    }
}

/// Chooses two versions, or the draft and one.
#[component]
pub fn CompareForm(slug: String, versions: Vec<VersionRow>, has_draft: bool, from: Side, to: Side) -> impl IntoView {
    let mut sides: Vec<Side> = has_draft.then_some(Side::Draft).into_iter().collect();
    sides.extend(versions.iter().map(|row| Side::Version(row.version)));
    let options = |chosen: Side| {
        let missing = (!sides.contains(&chosen)).then_some(chosen);
        let option = move |side: Side| {
            view! { <option value=side.to_string() selected={side == chosen}>{called(side, true)}</option> }
        };
        sides.iter().copied().chain(missing).map(option).collect::<Vec<_>>()
    };
    let (from, to) = (options(from), options(to));
    view! {
        <form class="form-row" method="get" action=paths::compare_any(&slug)>
            <Field label="From" name="from">
                <select name="from">{from}</select>
            </Field>
            <Field label="To" name="to">
                <select name="to">{to}</select>
            </Field>
            <Submit label="Compare"/>
        </form>
    }
}
