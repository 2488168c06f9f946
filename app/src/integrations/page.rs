use domain::{
    authoring::meaning::Thing,
    integration::is_link,
    role::Capability,
    sentence::visible,
    view::integrations::{IntegrationView, PauseView, RunsOnIt},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    breaker::Breaker,
    calls::{CloseBreaker, DescribeIntegration, OpenBreaker},
    describe::Describe,
};
use crate::{
    catalog::{Rename, Renaming},
    paths,
    server::{actor, governance},
    ui::{
        Dated, DatedAt, DoneNote, Empty, ErrorNote, Fact, Facts, PageTitle, Section, Written, failure, loaded,
        words::{day, list},
    },
};

/// One integration: what is known of it, who uses it, and its pauses.
#[component]
pub fn IntegrationPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("integration").unwrap_or_default());
    let sent = Renaming::sent();
    let page = async move {
        let (actor, governance) = (actor().await?, governance()?);
        let integration = governance.integration(&actor, &slug).await?;
        let (may_break, may_edit) = (actor.can(Capability::Break), actor.can(Capability::Govern));
        let renaming = Renaming::of(&governance, &actor, Thing::Integration, sent).await?;
        Ok(view! { <Integration integration may_break may_edit renaming/> })
    };
    view! {
        <DoneNote/>
        <ErrorNote error={failure::<OpenBreaker>()}/>
        <ErrorNote error={failure::<CloseBreaker>()}/>
        <ErrorNote error={failure::<DescribeIntegration>()}/>
        <ErrorNote error={Renaming::failure()}/>
        {loaded(page)}
    }
}

#[component]
fn Integration(
    integration: IntegrationView,
    may_break: bool,
    may_edit: bool,
    renaming: Option<Renaming>,
) -> impl IntoView {
    let IntegrationView { head, agents, actions, data_sets, pauses, .. } = integration.clone();
    let breaker = may_break.then(|| {
        let paused_since = integration.pause().map(|pause| pause.began_at);
        view! { <Breaker slug=head.slug.clone() name=head.name.clone() paused_since/> }
    });
    let standing = integration.pause().cloned().map(|pause| view! { <Standing pause/> });
    let rename = renaming.map(|renaming| view! { <Rename renaming slug=head.slug.clone() name=head.name.clone()/> });
    let describe = may_edit.then(|| view! { <Describe integration=integration.clone()/> });
    let agents: Vec<_> = agents
        .into_iter()
        .map(|agent| view! { <li><a href=paths::agent(&agent.slug)>{visible(&agent.name)}</a></li> })
        .collect();
    let depend = match agents.is_empty() {
        true => view! { <Empty title="No agent may do anything on it"/> }.into_any(),
        false => view! { <ul class="plain">{agents}</ul> }.into_any(),
    };
    view! {
        <PageTitle title=head.name.clone() lead=lead(&integration)>{standing}</PageTitle>
        {breaker}
        <Section title="What is known of it">
            <Known integration/>
            {describe}
            {rename}
        </Section>
        <Section title="Agents that depend on it">{depend}</Section>
        <Section title="Actions that run on it"><Actions actions/></Section>
        <Section title="Data sets that those rest on"><DataSets data_sets/></Section>
        <Section title="Pauses"><Pauses pauses/></Section>
    }
}

/// `2 agents depend on it. Version 2026-10 is pinned, and ends on 30 September 2027.`
pub fn lead(integration: &IntegrationView) -> String {
    let head = &integration.head;
    let agents = match integration.agents.len() {
        0 => "No agent depends on it".to_owned(),
        1 => "1 agent depends on it".to_owned(),
        n => format!("{n} agents depend on it"),
    };
    let version = visible(&head.version);
    let pin = match head.version_ends {
        _ if head.version.is_empty() => "No version is pinned".to_owned(),
        None => format!("Version {version} is pinned"),
        Some(last) if last < integration.today => {
            format!("Version {version} is pinned, and ended on {}", day(last))
        }
        Some(last) => format!("Version {version} is pinned, and ends on {}", day(last)),
    };
    format!("{agents}. {pin}.")
}

/// Who paused it, when and why.
#[component]
fn Standing(pause: PauseView) -> impl IntoView {
    view! {
        <p>
            "Paused since " <DatedAt at=pause.began_at/> " by " <Who name=pause.by/> ": “" <Written text=pause.reason/> "”"
        </p>
    }
}

#[component]
fn Who(name: Option<String>) -> impl IntoView {
    match name {
        Some(name) => view! { <Written text=name/> }.into_any(),
        None => "Reins".into_any(),
    }
}

#[component]
fn Known(integration: IntegrationView) -> impl IntoView {
    let IntegrationView { head, owner, .. } = integration;
    let numbering = head.numbering.map(|by| by.words().to_owned()).unwrap_or_default();
    let ends = head.version_ends.map(day).unwrap_or_default();
    let owner = owner.map(|owner| owner.name).unwrap_or_default();
    view! {
        <Facts>
            <Fact label="Short name"><code>{head.slug}</code></Fact>
            <Fact label="Vendor"><Told text=head.vendor/></Fact>
            <Fact label="Product"><Told text=head.product/></Fact>
            <Fact label="Pinned version"><Told text=head.version nothing="None"/></Fact>
            <Fact label="Versions are numbered"><Told text=numbering/></Fact>
            <Fact label="Last day of that version"><Told text=ends/></Fact>
            <Fact label="Owner"><Told text=owner nothing="Nobody"/></Fact>
            <Fact label="Account or store"><Told text=head.account/></Fact>
            <Fact label="Documentation"><Link address=head.documentation/></Fact>
            <Fact label="Status page"><Link address=head.status_page/></Fact>
        </Facts>
    }
}

#[component]
fn Told(text: String, #[prop(default = "Nobody has said")] nothing: &'static str) -> impl IntoView {
    match text.is_empty() {
        true => view! { <span class="quiet">{nothing}</span> }.into_any(),
        false => view! { <Written text/> }.into_any(),
    }
}

/// An address leads somewhere only where it is plainly one.
#[component]
fn Link(address: String) -> impl IntoView {
    match is_link(&address) {
        true => view! { <a href=address.clone() rel="noopener noreferrer nofollow">{visible(&address)}</a> }.into_any(),
        false => view! { <Told text=address/> }.into_any(),
    }
}

#[component]
fn Actions(actions: Vec<RunsOnIt>) -> impl IntoView {
    if actions.is_empty() {
        return view! { <Empty title="No action type runs on it"/> }.into_any();
    }
    let lines: Vec<_> = actions
        .into_iter()
        .map(|action| {
            let agents: Vec<String> = action.agents.iter().map(|agent| visible(&agent.name)).collect();
            let agents = match agents.is_empty() {
                true => "No agent may do it".to_owned(),
                false => format!("Allowed to {}", list(&agents)),
            };
            view! {
                <li class="line" data-key=action.name.clone()>
                    <div class="line-main">
                        <a class="line-link" href=paths::action(&action.name)>{visible(&action.label)}</a>
                        <p class="line-more">{agents}</p>
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="lines">{lines}</ul> }.into_any()
}

#[component]
fn DataSets(data_sets: Vec<(String, String)>) -> impl IntoView {
    if data_sets.is_empty() {
        return view! { <Empty title="None that an action type names"/> }.into_any();
    }
    let sets: Vec<_> =
        data_sets.into_iter().map(|(name, label)| view! { <li data-key=name><Written text=label/></li> }).collect();
    view! { <ul class="plain">{sets}</ul> }.into_any()
}

/// The newest first.
#[component]
fn Pauses(pauses: Vec<PauseView>) -> impl IntoView {
    if pauses.is_empty() {
        return view! { <Empty title="It was never paused"/> }.into_any();
    }
    let lines: Vec<_> = pauses
        .into_iter()
        .map(|pause| {
            let end = pause.end.map(|end| {
                view! {
                    <p class="line-more">
                        "Resumed at " <DatedAt at=end.at/> " by " <Who name=end.by/> ": “" <Written text=end.reason/> "”"
                    </p>
                }
            });
            view! {
                <li class="line" data-key=pause.began_at.to_rfc3339()>
                    <div class="line-main">
                        <p><strong><Dated at=pause.began_at/></strong></p>
                        <p class="line-more">
                            "Paused at " <DatedAt at=pause.began_at/> " by " <Who name=pause.by/> ": “"
                            <Written text=pause.reason/> "”"
                        </p>
                        {end}
                    </div>
                </li>
            }
        })
        .collect();
    view! { <ul class="lines">{lines}</ul> }.into_any()
}
