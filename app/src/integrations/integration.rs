use domain::view::IntegrationView;
use leptos::prelude::*;

use super::calls::{CloseBreaker, OpenBreaker};
use crate::{
    catalog::{Rename, Renaming},
    paths,
    ui::{DatedAt, Fact, Facts, Reason, Submit, Tag, Tone, Written, post_to, sent},
};

/// One integration: its version, its breaker, and the agents that depend on it.
#[component]
pub fn Integration(integration: IntegrationView, may: bool, renaming: Option<Renaming>) -> impl IntoView {
    let name = integration.name.clone();
    let version = view! { <Written text=integration.version.clone()/> };
    let breaker = may.then(|| view! { <Breaker integration=integration.clone()/> });
    let rename = renaming
        .map(|renaming| view! { <Rename renaming slug=integration.slug.clone() name=integration.name.clone()/> });
    let open = integration.paused_since.is_some();
    let (tone, text) = if open { (Tone::Waiting, "Paused") } else { (Tone::Good, "Running") };
    let since = integration.changed_at.map(|at| view! { " since " <DatedAt at/> });
    let reason = integration.breaker_reason.clone();
    let reason = (!reason.trim().is_empty()).then(|| view! { ": " <Written text=reason/> });
    let agents: Vec<_> = integration
        .agents
        .iter()
        .map(|agent| view! { <li><a href=paths::agent(&agent.slug)>{agent.name.clone()}</a></li> })
        .collect();
    let depend = match agents.is_empty() {
        true => view! { "None" }.into_any(),
        false => view! { <ul class="plain">{agents}</ul> }.into_any(),
    };
    view! {
        <section class="card" data-key=integration.slug>
            <h2>{name}</h2>
            <p>
                <Tag tone text/> {since} {reason}
            </p>
            <Facts>
                <Fact label="Version">{version}</Fact>
                <Fact label="Agents that depend on it">{depend}</Fact>
            </Facts>
            {breaker}
            {rename}
        </section>
    }
}

#[component]
fn Breaker(integration: IntegrationView) -> impl IntoView {
    let IntegrationView { slug, name, paused_since, .. } = integration;
    let open = paused_since.is_some();
    let sent = if open { sent::<CloseBreaker>() } else { sent::<OpenBreaker>() }.about("slug", &slug);
    let (failed, why) = (sent.is_some(), sent.text("reason"));
    let id = view! { <input type="hidden" name="slug" value=slug/> };
    match paused_since {
        Some(opened) => view! {
            <details class="fold-plain" open=failed>
            <summary>{format!("Let actions through {name} again")}</summary>
            <form class="form" method="post" action={post_to::<CloseBreaker>()}>
                {id}
                <input type="hidden" name="opened" value=opened.to_rfc3339() data-seen/>
                <Reason label="Why it is safe again" value=why required=true/>
                <Submit label=format!("Close the breaker of {name}") tone=Tone::Accent/>
            </form>
            </details>
        }
        .into_any(),
        None => view! {
            <details class="fold-plain" open=failed>
            <summary>{format!("Pause actions on {name}")}</summary>
            <p class="hint">"Opens its circuit breaker: agents that ask to act on it are told to wait. Nothing else stops."</p>
            <form class="form" method="post" action={post_to::<OpenBreaker>()}>
                {id}
                <Reason label="What is wrong with it" value=why required=true/>
                <Submit label=format!("Open the breaker of {name}")/>
            </form>
            </details>
        }
        .into_any(),
    }
}
