//! The agents, and each one whole: what it may do, what tightens it, what it did.

mod agent;
mod calls;
mod decisions;
mod describe;
mod integrations;
mod lines;
mod mode;
mod new;
mod permissions;
mod phases;
mod ready;
mod said;
mod standing;
mod starting;
mod tighten;
mod tightenings;

use domain::{agent::Mode, role::Capability, view::AgentRow};
use leptos::prelude::*;

use crate::{
    feature::{Feature, page, read},
    paths,
    server::{actor, governance},
    ui::{PageTitle, loaded, words::count},
};

pub use lines::AgentLines;
pub use standing::UNREADABLE;
pub use starting::{StartForm, StartingPoints};

use agent::AgentPage;
use new::NewAgentPage;

pub const FEATURE: Feature = Feature {
    pages: &[
        page!("/agents", AgentsPage, Some(Capability::Look)).everywhere("Agents", "agents", Some(4)),
        page!("/agents/new", NewAgentPage, Some(Capability::Look)),
        page!("/agents/:slug", AgentPage, Some(Capability::Look)),
    ],
    calls: &[calls::CALLS, &[read("/charts/decisions/{file}", Capability::Look)]],
};

#[component]
pub fn AgentsPage() -> impl IntoView {
    loaded(async {
        let actor = actor().await?;
        let rows = governance()?.agents(&actor).await?;
        let may_add = actor.can(Capability::Govern);
        Ok(view! { <Agents rows may_add/> })
    })
}

#[component]
fn Agents(rows: Vec<AgentRow>, may_add: bool) -> impl IntoView {
    let ways = may_add.then(|| {
        view! { <a class="button button-accent" href=paths::new_agent()>"Add an agent"</a> }
    });
    view! {
        <PageTitle title="Agents" lead=first_line(&rows)>{ways}</PageTitle>
        <AgentLines rows/>
    }
}

/// `6 agents: 4 live, 1 in shadow, 1 stopped.`
fn first_line(rows: &[AgentRow]) -> String {
    let number = |fits: &dyn Fn(&AgentRow) -> bool| rows.iter().filter(|row| fits(row)).count();
    let running = |mode: Mode| number(&|row| row.mode == mode && row.stop.is_none());
    let parts = [
        (running(Mode::Live), "live"),
        (running(Mode::Shadow), "in shadow"),
        (number(&|row| row.stop.is_some()), "stopped"),
        (running(Mode::Draft), "in draft"),
        (running(Mode::Retired), "retired"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    let all = count(u32::try_from(rows.len()).unwrap_or(u32::MAX), "agent", "agents");
    if parts.is_empty() { format!("{all}.") } else { format!("{all}: {}.", parts.join(", ")) }
}
