use domain::view::integrations::{IntegrationRow, PauseView};
use leptos::prelude::*;

use super::breaker::Breaker;
use crate::{
    paths,
    ui::{DatedAt, Fact, Facts, Tag, Tone, Written},
};

/// One integration in short: its pinned version, its breaker, and the agents that depend on it.
#[component]
pub fn Integration(integration: IntegrationRow, may: bool) -> impl IntoView {
    let IntegrationRow { slug, name, version, pause, agents, .. } = integration;
    let version = match version.is_empty() {
        true => view! { <span class="quiet">"None"</span> }.into_any(),
        false => view! { <Written text=version/> }.into_any(),
    };
    let paused_since = pause.as_ref().map(|pause| pause.began_at);
    let breaker = may.then(|| view! { <Breaker slug=slug.clone() name=name.clone() paused_since/> });
    let agents: Vec<_> = agents
        .iter()
        .map(|agent| view! { <li><a href=paths::agent(&agent.slug)>{agent.name.clone()}</a></li> })
        .collect();
    let depend = match agents.is_empty() {
        true => view! { "None" }.into_any(),
        false => view! { <ul class="plain">{agents}</ul> }.into_any(),
    };
    view! {
        <section class="card" data-key=slug.clone()>
            <h2><a href=paths::integration(&slug)>{name}</a></h2>
            <Stands pause/>
            <Facts>
                <Fact label="Pinned version">{version}</Fact>
                <Fact label="Agents that depend on it">{depend}</Fact>
            </Facts>
            {breaker}
        </section>
    }
}

/// Nobody has told Reins that it runs: only that it is paused, or not.
#[component]
fn Stands(pause: Option<PauseView>) -> impl IntoView {
    match pause {
        Some(pause) => view! {
            <p>
                <Tag tone=Tone::Waiting text="Paused"/> " since " <DatedAt at=pause.began_at/> ": "
                <Written text=pause.reason/>
            </p>
        }
        .into_any(),
        None => view! { <p><Tag tone=Tone::Neutral text="Not paused"/></p> }.into_any(),
    }
}
