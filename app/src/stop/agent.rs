use chrono::{DateTime, Utc};
use domain::view::AgentStop;
use leptos::prelude::*;

use super::{
    big_button::BigStop,
    explain::Explain,
    outstanding::Outstanding,
    release::{ReleaseForm, Releasers},
    stopped::Confirmed,
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

/// An agent with a stop of its own, or with something open from before the last one: who stopped it, what may have gone
/// out, and its release.
#[component]
pub fn StoppedAgent(agent: AgentStop, releasers: Releasers, everything: bool, now: DateTime<Utc>) -> impl IntoView {
    let link = agent.row.link;
    let stopped = agent.row.stop.is_some();
    let outstanding = view! {
        <Outstanding rows=agent.outstanding total=agent.outstanding_total ends=agent.last_grant_ends stopped now/>
    };
    match agent.own {
        None => view! {
            <li class=if stopped { "card stopped-card" } else { "card" } data-key=link.slug.clone()>
                <h3>{link.name}</h3>
                {outstanding}
            </li>
        }
        .into_any(),
        Some(stop) => {
            let also = everything.then(|| {
                let words = format!(
                    "It has this stop of its own. Released from it, {} stays stopped for as long as all agents are.",
                    link.name,
                );
                view! { <p>{words}</p> }
            });
            let me = releasers.me.id;
            let confirm = match everything {
                true => format!("I have looked at what happened, and {} may go on once all agents may.", link.name),
                false => format!("I have looked at what happened, and {} may go on.", link.name),
            };
            view! {
                <li class="card stopped-card" data-key=link.slug.clone()>
                    <Confirmed what=format!("{} is stopped", link.name) stop=stop.clone() now/>
                    {also}
                    <ReleaseForm stop=stop.clone() what=link.name confirm releasers now/>
                    <Explain stop me now/>
                    {outstanding}
                </li>
            }
            .into_any()
        }
    }
}
