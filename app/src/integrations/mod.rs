//! The outside systems that actions run on, and their circuit breakers.

mod breaker;
mod calls;
mod describe;
mod integration;
mod page;

use domain::{role::Capability, view::integrations::IntegrationRow};
use leptos::prelude::*;

use crate::{
    feature::{Feature, page},
    server::{actor, governance},
    ui::{
        DoneNote, Empty, ErrorNote, PageTitle, failure, loaded,
        words::{count, list},
    },
};
use calls::{CloseBreaker, OpenBreaker};
use integration::Integration;
use page::IntegrationPage;

pub const FEATURE: Feature = Feature {
    pages: &[
        page!("/integrations", IntegrationsPage, Some(Capability::Look)).everywhere("Integrations", "plug", None),
        page!("/integrations/:integration", IntegrationPage, Some(Capability::Look)),
    ],
    calls: &[calls::CALLS],
};

/// The integrations, who depends on them, and what is paused.
#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let page = async move {
        let (actor, governance) = (actor().await?, governance()?);
        let integrations = governance.integrations(&actor).await?;
        let may = actor.can(Capability::Break);
        Ok(view! { <Integrations integrations may/> })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

#[component]
fn Integrations(integrations: Vec<IntegrationRow>, may: bool) -> impl IntoView {
    let lead = lead(&integrations);
    let nothing = integrations.is_empty().then(|| {
        view! {
            <Empty title="There is no integration yet.">
                <p>"Integrations come with the file that describes an agent."</p>
            </Empty>
        }
    });
    let draw = |integration| view! { <Integration integration may/> };
    let parts: Vec<_> = integrations.into_iter().map(draw).collect();
    view! {
        <PageTitle title="Integrations" lead/>
        <ErrorNote error={failure::<OpenBreaker>()}/>
        <ErrorNote error={failure::<CloseBreaker>()}/>
        {nothing}
        <div class="integrations">{parts}</div>
    }
}

fn lead(integrations: &[IntegrationRow]) -> String {
    let number = u32::try_from(integrations.len()).unwrap_or(u32::MAX);
    let open: Vec<&str> = integrations.iter().filter(|one| one.pause.is_some()).map(|one| one.name.as_str()).collect();
    match open.is_empty() {
        true => format!("{}, none of them paused.", count(number, "integration", "integrations")),
        false => format!("{} paused: actions that run on it get no leave.", list(&open)),
    }
}
