//! The stop: one press for everything or for one agent, what it held up, and the release.

mod agent;
mod big_button;
mod calls;
mod explain;
mod history;
mod outstanding;
mod release;
mod stopped;

use chrono::{DateTime, Utc};
use domain::{
    agent::Mode,
    role::Capability,
    view::{AgentStop, StopPage as Page},
};
use leptos::prelude::*;

use crate::{
    feature::{Call, Feature, form, page},
    paths,
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, Notice, PageTitle, Section, Tone, failure, loaded, words::count},
};
use agent::{StopTile, StoppedAgent};
use big_button::BigStop;
use calls::ExplainStop;
use history::{PastStops, StopsPage};
pub use release::ReleaseTried;
use release::Releasers;
use stopped::EverythingStopped;

pub const FEATURE: Feature = Feature {
    pages: &[
        page!("/stop", StopPage, Some(Capability::Look)).everywhere("Stop", "stop", Some(3)),
        page!("/stops", StopsPage, Some(Capability::Look)),
    ],
    calls: &[calls::CALLS, FORMS],
};

const FORMS: &[Call] = &[
    form("/stop", Some(Capability::Stop)),
    form("/stop/{slug}", Some(Capability::Stop)),
    form("/release", Some(Capability::Release)),
];

#[component]
pub fn StopPage() -> impl IntoView {
    let tried = use_context::<ReleaseTried>();
    let more = tried.is_some().then(|| {
        view! {
            <Notice tone=Tone::Bad>
                "Somebody has pressed this stop again or said more of it since your page was drawn, so nothing was released. "
                "Read what stands there now before you release it."
            </Notice>
        }
    });
    let page = async move {
        let actor = actor().await?;
        let page = governance()?.stop_page(&actor).await?;
        let releasers = Releasers { me: actor.person()?.clone(), names: page.releasers.clone(), tried };
        Ok(view! { <Stops page releasers/> })
    };
    view! {
        <DoneNote/>
        <ErrorNote error={failure::<ExplainStop>()}/>
        {more}
        {loaded(page)}
    }
}

#[component]
fn Stops(page: Page, releasers: Releasers) -> impl IntoView {
    let now = page.now;
    let lead = first_line(&page);
    let held: Vec<_> = page.agents.iter().filter(|agent| is_held_or_open(agent)).cloned().collect();
    let everything = page.everything.is_some();
    let presses = match page.everything {
        Some(stop) => {
            let own =
                held.iter().filter(|agent| agent.own.is_some()).map(|agent| agent.row.link.name.clone()).collect();
            view! { <EverythingStopped stop own releasers=releasers.clone() now/> }.into_any()
        }
        None => {
            let agents = page.agents.into_iter().filter(|agent| is_working(agent) || agent.own.is_some()).collect();
            view! { <Presses agents/> }.into_any()
        }
    };
    let over = page.over;

    view! {
        <PageTitle title="Stop" lead/>
        {presses}
        <p class="quiet">
            "A stop stands here once it is recorded, and then counts on every server of Reins. A press that another server "
            "could not record yet is told there alone."
        </p>
        <Held agents=held releasers everything now/>
        <Section title="Stops until now">
            <PastStops stops=over now/>
            <p><a href=paths::stops()>"All stops, with who, when and why"</a></p>
        </Section>
    }
}

/// The stop of everything, and of each agent. A stopped agent keeps its place: no button moves under a thumb.
#[component]
fn Presses(agents: Vec<AgentStop>) -> impl IntoView {
    let empty = agents.is_empty().then(|| view! { <Empty title="There is no agent to stop"/> });
    let none = agents.is_empty();
    let tiles: Vec<_> = agents.into_iter().map(|agent| view! { <StopTile agent/> }).collect();
    view! {
        <BigStop
            action=paths::stop_everything()
            label="Stop all agents".to_owned()
            note="Nothing is allowed for any agent from then on, until somebody releases them."
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
fn Held(agents: Vec<AgentStop>, releasers: Releasers, everything: bool, now: DateTime<Utc>) -> impl IntoView {
    let none = agents.is_empty();
    let cards: Vec<_> = agents
        .into_iter()
        .map(|agent| view! { <StoppedAgent agent releasers=releasers.clone() everything now/> })
        .collect();
    view! {
        <div hidden=none>
            <Section title="Stopped, and what may have gone out">
                <p class="quiet">
                    "What may have gone out stays here until the agent says what came of it. What it has not said 10 minutes "
                    "after its grant has an unknown outcome, and a person settles it: open it here, or under "
                    <a href=paths::today()>"Today"</a> ". What only reads, or changes only the desk’s own notes, stands here "
                    "while its leave lasts: nobody has to report it."
                </p>
                <ul class="tasks">{cards}</ul>
            </Section>
        </div>
    }
}

/// Whether there is something to release or to look at, beyond the stop of everything.
fn is_held_or_open(agent: &AgentStop) -> bool {
    agent.own.is_some() || agent.outstanding_total > 0
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
