use chrono::{DateTime, Utc};
use domain::{
    role::Capability,
    view::{AgentView, Me, RequestRow},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    calls::{CloseBreaker, Lift, OpenBreaker, SetMode, Tighten, load_agent},
    decisions::Decisions,
    integrations::Integrations,
    mode::ChangeMode,
    permissions::Permissions,
    standing::{Standing, first_line},
    tightenings::Tightenings,
};
use crate::{
    paths,
    ui::{DoneNote, Empty, ErrorNote, Lines, LoadedForMe, PageTitle, Section, failure, use_live},
};

/// What can be changed of an agent. The page keeps these, so that an answer outlives the form that asked.
#[derive(Clone, Copy)]
pub struct Actions {
    pub set_mode: ServerAction<SetMode>,
    pub tighten: ServerAction<Tighten>,
    pub lift: ServerAction<Lift>,
    pub open_breaker: ServerAction<OpenBreaker>,
    pub close_breaker: ServerAction<CloseBreaker>,
}

#[component]
pub fn AgentPage() -> impl IntoView {
    let live = use_live();
    let actions = Actions {
        set_mode: ServerAction::new(),
        tighten: ServerAction::new(),
        lift: ServerAction::new(),
        open_breaker: ServerAction::new(),
        close_breaker: ServerAction::new(),
    };
    live.follow(actions.set_mode);
    live.follow(actions.tighten);
    live.follow(actions.lift);
    live.follow(actions.open_breaker);
    live.follow(actions.close_breaker);
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));
    let agent = Resource::new(move || (slug.get(), live.get()), |(slug, _)| load_agent(slug));

    view! {
        <DoneNote/>
        <ErrorNote error=failure(actions.set_mode)/>
        <ErrorNote error=failure(actions.tighten)/>
        <ErrorNote error=failure(actions.lift)/>
        <ErrorNote error=failure(actions.open_breaker)/>
        <ErrorNote error=failure(actions.close_breaker)/>
        <LoadedForMe resource=agent view=move |me, agent| view! { <Agent me agent actions/> }/>
    }
}

#[component]
fn Agent(me: Me, agent: AgentView, actions: Actions) -> impl IntoView {
    let AgentView { mut row, permissions, tightenings, integrations, days, recent, actions: names, now } = agent;
    row.broken = integrations.iter().filter(|one| one.breaker_open).map(|one| one.name.clone()).collect();
    let slug = row.link.slug.clone();
    let may = |capability| me.role.can(capability);
    let may_tighten = may(Capability::Tighten);
    let may_break = may(Capability::Break);
    let purpose = (!row.purpose.is_empty()).then(|| view! { <p class="purpose">{row.purpose.clone()}</p> });
    let mode = may(Capability::Govern)
        .then(|| view! { <ChangeMode link=row.link.clone() mode=row.mode action=actions.set_mode/> });

    view! {
        <PageTitle title=row.link.name.clone() lead=first_line(&row, now)>
            <Standing row/>
            {purpose}
        </PageTitle>
        <Permissions published=permissions now/>
        <Tightenings slug=slug.clone() tightenings names may_tighten tighten=actions.tighten lift=actions.lift now/>
        <Integrations slug=slug.clone() integrations may_break actions now/>
        <Decisions slug=slug.clone() days/>
        <Lately slug recent now/>
        {mode}
    }
}

#[component]
fn Lately(slug: String, recent: Vec<RequestRow>, now: DateTime<Utc>) -> impl IntoView {
    let lines = match recent.is_empty() {
        true => view! { <Empty title="It has asked for nothing yet"/> }.into_any(),
        false => view! { <Lines rows=recent now/> }.into_any(),
    };
    view! {
        <Section title="Lately">
            {lines}
            <p class="quiet">
                <a href=paths::activity_of(&slug)>"See everything it did"</a>
            </p>
        </Section>
    }
}
