use chrono::{DateTime, Utc};
use domain::{
    agent::Mode,
    id::RequestId,
    readiness::Readiness,
    role::Capability,
    view::{AgentView, RequestRow},
};
use governance::Actor;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    calls::{CloseBreaker, DescribeAgent, Lift, OpenBreaker, SetMode, Tighten},
    decisions::Decisions,
    describe::Describe,
    integrations::Integrations,
    mode::ChangeMode,
    permissions::Permissions,
    phases::Phases,
    ready::Ready,
    said::Said,
    standing::{Standing, first_line},
    tightenings::Tightenings,
};
use crate::{
    paths,
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, Lines, PageTitle, Section, Written, failure, loaded},
};

#[component]
pub fn AgentPage() -> impl IntoView {
    let slug = use_params_map().with_untracked(|params| params.get("slug").unwrap_or_default());
    let page = async move {
        let actor = actor().await?;
        let governance = governance()?;
        let agent = governance.agent(&actor, &slug).await?;
        let said = Said::of(&governance, &actor, &slug, agent.stands.retired).await?;
        let is_read = agent.row.permission_version.is_some()
            || governance.draft(&actor, &slug).await?.draft.is_some_and(|draft| draft.proposal.is_some());
        let two = is_read && governance.two_to_publish(&actor).await?;
        // Told to those who can end it.
        let open = if actor.can(Capability::Govern) { governance.open_of(&actor, &slug).await? } else { 0 };
        let readiness = governance.readiness(&actor, &slug).await?;
        Ok(view! { <Agent actor agent said readiness two open/> })
    };
    view! {
        <DoneNote/>
        <ErrorNote error={failure::<SetMode>()}/>
        <ErrorNote error={failure::<DescribeAgent>()}/>
        <ErrorNote error={failure::<Tighten>()}/>
        <ErrorNote error={failure::<Lift>()}/>
        <ErrorNote error={failure::<OpenBreaker>()}/>
        <ErrorNote error={failure::<CloseBreaker>()}/>
        {loaded(page)}
    }
}

#[component]
fn Agent(
    actor: Actor,
    agent: AgentView,
    said: Said,
    readiness: Readiness,
    /// Whether it takes two to give it another name.
    two: bool,
    open: u32,
) -> impl IntoView {
    let AgentView {
        mut row,
        permissions,
        stands,
        phases,
        tightenings,
        integrations,
        days,
        days_behind,
        recent,
        to_settle,
        breached,
        actions: names,
        now,
    } = agent;
    row.broken = integrations.iter().filter(|one| one.pause.is_some()).map(|one| one.name.clone()).collect();
    let slug = row.link.slug.clone();
    let may_tighten = actor.can(Capability::Tighten);
    let may_edit = actor.can(Capability::Govern) && row.mode != Mode::Retired;
    let may_break = actor.can(Capability::Break);
    let purpose =
        (!row.purpose.is_empty()).then(|| view! { <p class="purpose"><Written text=row.purpose.clone()/></p> });
    let may = actor.can(Capability::Govern);
    let retired = said.retired(now);
    let ready =
        (!stands.retired).then(|| view! { <Ready readiness=readiness.clone() slug=slug.clone() mode=stands.mode()/> });
    let mode = may.then(|| view! { <ChangeMode row=row.clone() stands readiness=readiness.clone() open/> });
    let describe = may.then(|| view! { <Describe row=row.clone() two/> });

    view! {
        <PageTitle title=row.link.name.clone() lead=first_line(&row, to_settle, now)>
            <Standing row/>
            {purpose}
        </PageTitle>
        <Permissions slug=slug.clone() may_edit published=permissions now/>
        <Tightenings slug=slug.clone() tightenings names lifted=said.lifted(now) may_tighten now/>
        <Integrations slug=slug.clone() integrations may_break now/>
        <Decisions slug=slug.clone() days behind=days_behind/>
        <Lately slug=slug.clone() recent breached to_settle now/>
        {ready}
        <Phases slug phases retired>{mode}</Phases>
        {describe}
    }
}

#[component]
fn Lately(
    slug: String,
    recent: Vec<RequestRow>,
    breached: Vec<RequestId>,
    to_settle: (u32, u32),
    now: DateTime<Utc>,
) -> impl IntoView {
    let settle = (to_settle != (0, 0)).then(|| {
        view! { <p>"What there is to settle stands on " <a href=paths::today()>"Today"</a> "."</p> }
    });
    let lines = match recent.is_empty() {
        true => view! { <Empty title="It has asked for nothing yet"/> }.into_any(),
        false => view! { <Lines rows=recent breached now/> }.into_any(),
    };
    view! {
        <Section title="Lately">
            {settle}
            {lines}
            <p class="quiet">
                <a href=paths::activity_of(&slug)>"See everything it did"</a>
            </p>
        </Section>
    }
}
