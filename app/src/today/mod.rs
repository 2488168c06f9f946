//! What needs me, and how the agents are.

mod breach;
mod calls;
mod first_line;
mod unknown;
mod waiting;

use domain::{
    role::Capability,
    view::{Me, Today},
};
use leptos::prelude::*;

use crate::{
    agents::AgentLines,
    paths,
    ui::{DoneNote, Empty, ErrorNote, LoadedForMe, PageTitle, Section, each, failure, use_live},
};
use breach::BreachTask;
use calls::{SettleBreach, SettleUnknown, load_today};
use first_line::first_line;
use unknown::UnknownTask;
use waiting::WaitingTask;

#[component]
pub fn TodayPage() -> impl IntoView {
    let live = use_live();
    let settle_unknown = ServerAction::<SettleUnknown>::new();
    let settle_breach = ServerAction::<SettleBreach>::new();
    live.follow(settle_unknown);
    live.follow(settle_breach);
    let today = live.resource(|| (), |()| load_today());

    view! {
        <DoneNote/>
        <ErrorNote error=failure(settle_unknown)/>
        <ErrorNote error=failure(settle_breach)/>
        <LoadedForMe
            resource=today
            view=move |me, today| view! { <TodayView me today settle_unknown settle_breach/> }
        />
    }
}

#[component]
fn TodayView(
    me: Me,
    today: Today,
    settle_unknown: ServerAction<SettleUnknown>,
    settle_breach: ServerAction<SettleBreach>,
) -> impl IntoView {
    let now = today.now;
    let may_settle = me.role.can(Capability::Settle);
    let lead = first_line(&today, may_settle);
    let nothing = today.waiting_for_me == 0 && today.breaches.is_empty() && today.unknown.is_empty();
    let title = if may_settle || today.waiting_for_me > 0 || nothing { "What needs you" } else { "What needs others" };
    let empty = nothing.then(|| {
        view! {
            <Empty title="Nothing needs you">
                <p>"A request that a person has to decide shows up here, and so does anything that went wrong."</p>
            </Empty>
        }
    });
    let waiting = (today.waiting_for_me > 0)
        .then(|| view! { <WaitingTask count=today.waiting_for_me oldest=today.oldest_waiting now/> });
    let breaches = each(
        today.breaches,
        |breach| breach.entry,
        move |breach| view! { <BreachTask breach now may_settle action=settle_breach/> },
    );
    let unknown =
        each(today.unknown, |row| row.id, move |row| view! { <UnknownTask row now may_settle action=settle_unknown/> });

    view! {
        <PageTitle title="Today" lead/>
        <Section title>
            {empty}
            <ul class="tasks" hidden=nothing>
                {waiting}
                {breaches}
                {unknown}
            </ul>
        </Section>
        <Section title="Agents">
            <AgentLines rows=today.agents/>
            <p class="quiet">
                <a href=paths::activity()>"See everything they did"</a>
            </p>
        </Section>
    }
}
