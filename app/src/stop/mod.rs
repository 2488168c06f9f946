//! The stop: one press for everything or for one agent, what it held up, and the release.

mod agent;
mod big_button;
mod calls;
mod explain;
mod outstanding;
mod release;
mod stopped;

use chrono::{DateTime, Utc};
use domain::{
    agent::Mode,
    role::Capability,
    view::{AgentStop, Me, StopPage as Page},
};
use leptos::prelude::*;

use crate::{
    paths,
    ui::{DoneNote, Empty, ErrorNote, LoadedForMe, PageTitle, Section, each, failure, use_live, words::count},
};
use agent::{StopTile, StoppedAgent};
use big_button::BigStop;
use calls::{ExplainStop, load_stop};
use stopped::EverythingStopped;

#[component]
pub fn StopPage() -> impl IntoView {
    let live = use_live();
    let explain = ServerAction::<ExplainStop>::new();
    live.follow(explain);
    let page = live.resource(|| (), |()| load_stop());
    view! {
        <DoneNote/>
        <ErrorNote error=failure(explain)/>
        <LoadedForMe resource=page view=move |me, page| view! { <Stops me page explain/> }/>
    }
}

#[component]
fn Stops(me: Me, page: Page, explain: ServerAction<ExplainStop>) -> impl IntoView {
    let now = page.now;
    let may_release = me.role.can(Capability::Release);
    let lead = first_line(&page);
    let agents: Vec<_> =
        page.agents.into_iter().filter(|agent| is_working(agent) || agent.row.stop.is_some()).collect();
    let held = agents.clone().into_iter().filter(is_held_or_open).collect();
    let presses = match page.everything {
        Some(stop) => view! { <EverythingStopped stop may_release explain now/> }.into_any(),
        None => view! { <Presses agents/> }.into_any(),
    };

    view! {
        <PageTitle title="Stop" lead/>
        {presses}
        <Held agents=held may_release explain now/>
    }
}

/// The stop of everything, and of each agent. A stopped agent keeps its place: no button moves under a thumb.
#[component]
fn Presses(agents: Vec<AgentStop>) -> impl IntoView {
    let empty = agents.is_empty().then(|| view! { <Empty title="There is no agent to stop"/> });
    let none = agents.is_empty();
    let tiles =
        each(agents, |agent| (agent.row.link.id, agent.row.stop.is_some()), |agent| view! { <StopTile agent/> });
    view! {
        <BigStop
            action=paths::stop_everything()
            label="Stop all agents".to_owned()
            note="No decision and no grant for any agent, until somebody releases them."
        />
        <Section title="One agent">
            {empty}
            <ul class="stops" hidden=none>
                {tiles}
            </ul>
        </Section>
    }
}

/// What is stopped on its own, and what may have gone out before the stop.
#[component]
fn Held(
    agents: Vec<AgentStop>,
    may_release: bool,
    explain: ServerAction<ExplainStop>,
    now: DateTime<Utc>,
) -> impl IntoView {
    let none = agents.is_empty();
    let key = |agent: &AgentStop| {
        let stop = agent.row.stop.clone().map(|stop| (stop.id, stop.reason));
        let outstanding: Vec<_> = agent.outstanding.iter().map(|row| (row.id, row.state)).collect();
        (agent.row.link.id, stop, outstanding, agent.outstanding_total)
    };
    let cards = each(agents, key, move |agent| view! { <StoppedAgent agent may_release explain now/> });
    view! {
        <div hidden=none>
            <Section title="What the stop holds">
                <ul class="tasks">{cards}</ul>
            </Section>
        </div>
    }
}

/// Whether there is something to release or to look at, beyond the stop of everything.
fn is_held_or_open(agent: &AgentStop) -> bool {
    agent.row.stop.as_ref().is_some_and(|stop| stop.agent.is_some() || agent.outstanding_total > 0)
}

/// Whether there is anything to stop.
fn is_working(agent: &AgentStop) -> bool {
    matches!(agent.row.mode, Mode::Live | Mode::Shadow)
}

/// `6 agents running.`
fn first_line(page: &Page) -> String {
    let stopped = page.agents.iter().filter(|agent| agent.row.stop.is_some()).count();
    let running = page.agents.iter().filter(|agent| is_working(agent) && agent.row.stop.is_none()).count();
    let running = count(u32::try_from(running).unwrap_or(u32::MAX), "agent", "agents");
    match (&page.everything, stopped) {
        (Some(stop), _) => format!("All agents are stopped, by {}.", stop.by),
        (None, 0) => format!("{running} running."),
        (None, _) => format!("{running} running, {stopped} stopped."),
    }
}
