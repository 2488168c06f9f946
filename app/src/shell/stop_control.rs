use domain::view::{AgentLink, StopView};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{paths, ui::Icon};

/// Stops everything, or on an agent's page that agent: a plain form, in one press.
///
/// Its elements stay while the frame loads again, so that a press is never lost.
#[component]
pub fn StopControl(agents: Vec<AgentLink>, stops: Vec<StopView>) -> impl IntoView {
    let path = use_location().pathname;
    let agent = move || {
        let path = path.get();
        agents.iter().find(|agent| paths::agent(&agent.slug) == path).cloned()
    };
    let stopped = {
        let agent = agent.clone();
        move || {
            let agent = agent();
            stops.iter().any(|stop| stop.agent.is_none() || agent.is_some() && stop.agent == agent)
        }
    };
    let running = {
        let stopped = stopped.clone();
        move || !stopped()
    };
    let target = {
        let agent = agent.clone();
        move || agent().map_or_else(paths::stop_everything, |agent| paths::stop_agent(&agent.slug))
    };
    let label = {
        let agent = agent.clone();
        move || agent().map_or("Stop all agents".to_owned(), |agent| format!("Stop {}", agent.name))
    };
    let state =
        move || agent().map_or("All agents are stopped".to_owned(), |agent| format!("{} is stopped", agent.name));

    view! {
        <div class="stop-control">
            <form action=target method="post" hidden=stopped>
                <input type="hidden" name="from" value=move || path.get()/>
                <button class="button button-bad stop-button" type="submit">
                    <Icon name="stop"/>
                    <span class="stop-label">{label}</span>
                </button>
            </form>
            <a class="button button-stopped" href=paths::stop() hidden=running>
                <Icon name="stop"/>
                <span class="stop-label">{state}</span>
            </a>
        </div>
    }
    .into_any()
}
