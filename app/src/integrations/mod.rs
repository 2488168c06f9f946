//! The outside systems that actions run on, and their circuit breakers.

mod calls;
mod integration;

use domain::{id::AgentId, role::Capability, view::IntegrationView};
use leptos::prelude::*;

use crate::ui::{
    DoneNote, Empty, ErrorNote, LoadedForMe, PageTitle, each, failure, use_live,
    words::{count, list},
};
use calls::{CloseBreaker, OpenBreaker, load_integrations};
use integration::Integration;

/// What can be done with a breaker.
#[derive(Clone, Copy)]
pub struct Actions {
    pub open: ServerAction<OpenBreaker>,
    pub close: ServerAction<CloseBreaker>,
}

/// The integrations, who depends on them, and what is paused.
#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let live = use_live();
    let actions = Actions { open: ServerAction::new(), close: ServerAction::new() };
    live.follow(actions.open);
    live.follow(actions.close);
    let integrations = live.resource(|| (), |()| load_integrations());

    view! {
        <DoneNote/>
        <LoadedForMe
            resource=integrations
            view=move |me, integrations| {
                let lead = lead(&integrations);
                let may = me.role.can(Capability::Break);
                let nothing = integrations
                    .is_empty()
                    .then(|| {
                        view! {
                            <Empty title="There is no integration yet.">
                                <p>"Integrations come with the file that describes an agent."</p>
                            </Empty>
                        }
                    });
                let key = |one: &IntegrationView| (one.slug.clone(), one.version.clone(), one.changed_at, dependents(one));
                let parts = each(
                    integrations,
                    key,
                    move |integration| view! { <Integration integration may actions/> },
                );
                view! {
                    <PageTitle title="Integrations" lead/>
                    <ErrorNote error=failure(actions.open)/>
                    <ErrorNote error=failure(actions.close)/>
                    {nothing}
                    <div class="integrations">{parts}</div>
                }
            }
        />
    }
}

fn dependents(integration: &IntegrationView) -> Vec<AgentId> {
    integration.agents.iter().map(|agent| agent.id).collect()
}

fn lead(integrations: &[IntegrationView]) -> String {
    let number = u32::try_from(integrations.len()).unwrap_or(u32::MAX);
    let open: Vec<&str> = integrations.iter().filter(|one| one.breaker_open).map(|one| one.name.as_str()).collect();
    match open.is_empty() {
        true => format!("{}, none of them paused.", count(number, "integration", "integrations")),
        false => format!("{} paused: actions that run on it get no leave.", list(&open)),
    }
}
