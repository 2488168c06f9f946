use chrono::{DateTime, Utc};
use domain::view::AgentStop;
use leptos::prelude::*;

use super::{
    big_button::BigStop, explain::Explain, outstanding::Outstanding, release::ReleaseForm, stopped::Confirmed,
};
use crate::{paths, ui::Icon};

/// The stop of one agent, or that it is stopped.
#[component]
pub fn StopTile(agent: AgentStop) -> impl IntoView {
    let link = agent.row.link;
    match agent.row.stop {
        None => view! {
            <li data-key=link.slug.clone()>
                <BigStop action=paths::stop_agent(&link.slug) label=format!("Stop {}", link.name)/>
            </li>
        }
        .into_any(),
        Some(_) => view! {
            <li data-key=link.slug>
                <p class="stopped-tile">
                    <Icon name="stop"/>
                    <span>{format!("{} is stopped", link.name)}</span>
                </p>
            </li>
        }
        .into_any(),
    }
}

/// An agent that is stopped: by whom, what that left open, and its release.
#[component]
pub fn StoppedAgent(agent: AgentStop, may_release: bool, now: DateTime<Utc>) -> impl IntoView {
    let link = agent.row.link;
    let outstanding =
        view! { <Outstanding rows=agent.outstanding total=agent.outstanding_total ends=agent.last_grant_ends now/> };
    match agent.row.stop.filter(|stop| stop.agent.is_some()) {
        None => view! {
            <li class="card stopped-card" data-key=link.slug.clone()>
                <h3>{link.name}</h3>
                {outstanding}
            </li>
        }
        .into_any(),
        Some(stop) => view! {
            <li class="card stopped-card" data-key=link.slug.clone()>
                <Confirmed what=format!("{} is stopped", link.name) stop=stop.clone() now/>
                {outstanding}
                <Explain stop/>
                <ReleaseForm
                    action=paths::release_agent(&link.slug)
                    label=format!("Release {}", link.name)
                    confirm=format!("I have looked at what happened, and {} may go on.", link.name)
                    may_release
                />
            </li>
        }
        .into_any(),
    }
}
