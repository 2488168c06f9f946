use domain::{
    authoring::{
        cedar,
        draft::{Side, VersionRow, VersionView},
    },
    role::Capability,
};
use governance::Error;
use islands::Said;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    paths,
    server::{actor, governance},
    ui::{DatedAt, Empty, Field, Notice, PageTitle, Section, Submit, Tone, loaded},
};

/// A version of an agent's permissions as files, and the way for files in.
#[component]
pub fn FilesPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let asked = use_query_map().with_untracked(|query| query.get("version"));
    loaded(async move {
        let (actor, governance) = (actor().await?, governance()?);
        let may_import = actor.can(Capability::Govern);
        let page = governance.versions(&actor, &slug, None).await?;
        let asked = match asked {
            Some(text) => Some(text.parse().map_err(|_| Error::NotFound)?),
            None => page.versions.iter().find(|row| row.in_force).map(|row| row.version),
        };
        let name = page.agent.link.name;
        let Some(number) = asked else { return Ok(view! { <NothingOut slug name may_import/> }.into_any()) };
        let version = governance.version(&actor, &slug, number).await?;
        let catalog = governance.draft(&actor, &slug).await?.catalog;
        let left_out = cedar::export(&version.permissions, &catalog, &slug).left_out;
        Ok(view! { <Files slug version versions=page.versions left_out may_import/> }.into_any())
    })
}

#[component]
fn FilesTitle(slug: String, name: String, lead: String) -> impl IntoView {
    view! {
        <PageTitle title=format!("Permissions of {name}, in and out") lead>
            <a href=paths::agent(&slug)>{name}</a>
            <a href=paths::permissions(&slug)>"Permissions"</a>
            <a href=paths::versions(&slug)>"Versions"</a>
        </PageTitle>
    }
}

#[component]
fn NothingOut(slug: String, name: String, may_import: bool) -> impl IntoView {
    view! {
        <FilesTitle slug name lead="Nothing is published yet, so there is nothing to take out.".to_owned()/>
        <Empty title="No version yet">
            <p>"What is published can be taken out as a file: for another Reins, or for other tools."</p>
        </Empty>
        <In may_import/>
    }
}

#[component]
fn Files(
    slug: String,
    version: VersionView,
    versions: Vec<VersionRow>,
    /// What Cedar's policies do not say.
    left_out: Vec<String>,
    may_import: bool,
) -> impl IntoView {
    let number = version.row.version;
    let lead = match version.row.in_force {
        true => format!("Version {number}, which is in force."),
        false => format!("Version {number}, which is not in force any more."),
    };
    let files = [
        (
            "agent.toml",
            "Agent file",
            view! { "What the command " <code>"reins agent apply"</code> " takes: the agent, its permissions, and all that they name." }
                .into_any(),
        ),
        (
            "policies.cedar",
            "Cedar policies",
            "What it may read and do, and when a person decides, for those who check it with other tools.".into_any(),
        ),
        ("schema.cedarschema", "Cedar schema", "What the policies are about. Both belong together.".into_any()),
    ];
    let files = files.map(|(file, name, about)| {
        let href = paths::export_file(&slug, file, number);
        view! {
            <li class="line" data-key=file>
                <div class="line-main">
                    <a class="line-link" href=href download rel="nofollow">{format!("{name} of version {number}")}</a>
                    <p class="line-more">{about}</p>
                </div>
                <div class="line-side"><code>{file}</code></div>
            </li>
        }
    });
    let print = paths::print_side(&slug, Side::Version(number));
    view! {
        <FilesTitle slug=slug.clone() name=version.agent.link.name lead/>
        <Section title="Take it out">
            <ul class="lines">{files}</ul>
            <p class="quiet">
                "Published by " {version.row.published.by.name} ", " <DatedAt at=version.row.published.at/>
                ". Who takes a file out is written to the record."
            </p>
            <LeftOut left_out/>
            <p class="quiet">
                <a href=print>"A page to print and sign"</a>
            </p>
        </Section>
        <Another slug versions number/>
        <In may_import/>
    }
}

/// What a person has to know who relies on the policies alone.
#[component]
fn LeftOut(left_out: Vec<String>) -> impl IntoView {
    if left_out.is_empty() {
        return view! { <p class="quiet">"The Cedar policies leave nothing out of what the permissions say of a request."</p> }
            .into_any();
    }
    let lines: Vec<_> = left_out.into_iter().map(|sentence| view! { <li><Said text=sentence/></li> }).collect();
    view! {
        <Notice tone=Tone::Neutral>
            <p class="notice-title">"Cedar cannot count what came before, so its policies leave this out:"</p>
            <ul class="reasons">{lines}</ul>
        </Notice>
    }
    .into_any()
}

#[component]
fn Another(slug: String, versions: Vec<VersionRow>, number: i32) -> impl IntoView {
    if versions.len() < 2 {
        return None;
    }
    let options: Vec<_> = versions
        .into_iter()
        .map(|row| {
            let words = if row.in_force { " (in force)" } else { "" };
            let selected = row.version == number;
            view! { <option value=row.version.to_string() selected=selected>{format!("Version {}{words}", row.version)}</option> }
        })
        .collect();
    Some(view! {
        <Section title="Another version">
            <form class="form-row" method="get" action=paths::files(&slug)>
                <Field label="Version" name="version">
                    <select name="version">{options}</select>
                </Field>
                <Submit label="Show its files"/>
            </form>
        </Section>
    })
}

#[component]
fn In(may_import: bool) -> impl IntoView {
    may_import.then(|| {
        view! {
            <Section title="Take a file in">
                <p>"What an agent file says of permissions becomes a draft. You see what it would change first."</p>
                <p class="actions">
                    <a class="button button-neutral" href=paths::import_agent()>"Take in an agent file"</a>
                </p>
            </Section>
        }
    })
}
