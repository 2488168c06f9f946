//! The stop: one press for everything or for one agent, what it held up, and the release.

mod agent;
mod big_button;
mod calls;
mod explain;
mod outstanding;
mod release;
mod stopped;

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
use agent::AgentStopCard;
use big_button::BigStop;
use calls::{ExplainStop, load_stop};
use stopped::EverythingStopped;

#[component]
pub fn StopPage() -> impl IntoView {
    let live = use_live();
    let explain = ServerAction::<ExplainStop>::new();
    live.follow(explain);
    let page = Resource::new(move || live.get(), |_| load_stop());
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
    let everything = match page.everything {
        Some(stop) => view! { <EverythingStopped stop may_release explain now/> }.into_any(),
        None => view! {
            <BigStop
                action=paths::stop_everything()
                label="Stop all agents".to_owned()
                note="No decision and no grant for any agent, until somebody releases them."
            />
        }
        .into_any(),
    };
    let agents: Vec<_> =
        page.agents.into_iter().filter(|agent| is_working(agent) || agent.row.stop.is_some()).collect();
    let none = agents.is_empty();
    let empty = none.then(|| view! { <Empty title="There is no agent to stop"/> });
    let agents = each(
        agents,
        |agent| {
            let stop = agent.row.stop.clone().map(|stop| (stop.id, stop.reason));
            let outstanding: Vec<_> = agent.outstanding.iter().map(|row| (row.id, row.state)).collect();
            (agent.row.link.id, stop, outstanding, agent.outstanding_total)
        },
        move |agent| view! { <AgentStopCard agent may_release explain now/> },
    );

    view! {
        <PageTitle title="Stop" lead/>
        {everything}
        <Section title="One agent">
            {empty}
            <ul class="stops" hidden=none>
                {agents}
            </ul>
        </Section>
    }
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
