use domain::view::{AgentLink, StopView};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{paths, ui::Icon};

/// Stops everything, or on the pages of an agent that agent: a plain form, in one press.
///
/// Its elements stay while the page loads again, so that a press is never lost.
#[component]
pub fn StopControl(agents: Vec<AgentLink>, stops: Vec<StopView>) -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    // The same on all pages of an agent.
    let agent = agents.into_iter().find(|agent| {
        let rest = path.strip_prefix(&paths::agent(&agent.slug));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let stopped = stops.iter().any(|stop| stop.agent.is_none() || agent.is_some() && stop.agent == agent);
    let (target, label, state) = match agent {
        Some(agent) => {
            let AgentLink { slug, name, .. } = agent;
            (paths::stop_agent(&slug), format!("Stop {name}"), format!("{name} is stopped"))
        }
        None => (paths::stop_everything(), "Stop all agents".to_owned(), "All agents are stopped".to_owned()),
    };

    view! {
        <div class="stop-control">
            <form action=target method="post" hidden=stopped>
                <input type="hidden" name="from" value=path/>
                <button class="button button-bad stop-button" type="submit">
                    <Icon name="stop"/>
                    <span class="stop-label">{label}</span>
                </button>
            </form>
            <a class="button button-stopped" href=paths::stop() hidden=!stopped>
                <Icon name="stop"/>
                <span class="stop-label">{state}</span>
            </a>
        </div>
    }
    .into_any()
}
