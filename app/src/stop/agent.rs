use chrono::{DateTime, Utc};
use domain::view::AgentStop;
use leptos::prelude::*;

use super::{
    big_button::BigStop, calls::ExplainStop, explain::Explain, outstanding::Outstanding, release::ReleaseForm,
    stopped::Confirmed,
};
use crate::paths;

/// One agent: its stop, or that it is stopped and what that left open.
#[component]
pub fn AgentStopCard(
    agent: AgentStop,
    may_release: bool,
    explain: ServerAction<ExplainStop>,
    now: DateTime<Utc>,
) -> impl IntoView {
    let link = agent.row.link;
    let Some(stop) = agent.row.stop else {
        return view! {
            <li>
                <BigStop action=paths::stop_agent(&link.slug) label=format!("Stop {}", link.name)/>
            </li>
        }
        .into_any();
    };
    let outstanding =
        view! { <Outstanding rows=agent.outstanding total=agent.outstanding_total ends=agent.last_grant_ends now/> };
    if stop.agent.is_none() {
        return view! {
            <li class="card stopped-card">
                <p>
                    <strong>{link.name}</strong>
                    " is stopped with everything else."
                </p>
                {outstanding}
            </li>
        }
        .into_any();
    }
    view! {
        <li class="card stopped-card">
            <Confirmed what=format!("{} is stopped", link.name) stop=stop.clone() now/>
            {outstanding}
            <Explain stop action=explain/>
            <ReleaseForm
                action=paths::release_agent(&link.slug)
                label=format!("Release {}", link.name)
                confirm=format!("I have looked at what happened, and {} may go on.", link.name)
                may_release
            />
        </li>
    }
    .into_any()
}
