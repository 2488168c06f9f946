//! What needs me, and how the agents are.

mod breach;
mod calls;
mod first_line;
mod late;
mod proposal;
mod rest;
mod short;
mod unclaimed;
mod unknown;
mod unreadable;
mod waiting;

use domain::{role::Capability, view::Today};
use leptos::prelude::*;

use crate::{
    agents::AgentLines,
    feature::{Feature, page},
    paths,
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, PageTitle, Section, failure, loaded},
};
use breach::Breaches;
use calls::{SeeUnclaimed, SettleBreach, SettleBreaches, SettleUnknown};
use first_line::first_line;
use late::LateTask;
use proposal::{ChangeTask, ProposalTask};
use short::ShortTask;
use unclaimed::UnclaimedTask;
use unknown::Unknown;
use unreadable::UnreadableTask;
use waiting::WaitingTask;

pub const FEATURE: Feature = Feature {
    pages: &[page!("/", TodayPage, Some(Capability::Look)).everywhere("Today", "today", Some(1))],
    calls: &[calls::CALLS],
};

#[component]
pub fn TodayPage() -> impl IntoView {
    let page = async {
        let actor = actor().await?;
        let today = governance()?.today(&actor).await?;
        let may_settle = actor.can(Capability::Settle);
        Ok(view! { <TodayView today may_settle/> })
    };
    view! {
        <DoneNote/>
        <ErrorNote error={failure::<SettleUnknown>()}/>
        <ErrorNote error={failure::<SettleBreach>()}/>
        <ErrorNote error={failure::<SettleBreaches>()}/>
        <ErrorNote error={failure::<SeeUnclaimed>()}/>
        {loaded(page)}
    }
}

#[component]
fn TodayView(today: Today, may_settle: bool) -> impl IntoView {
    let now = today.now;
    let lead = first_line(&today, may_settle);
    let to_settle = !today.breaches.is_empty() || !today.unknown.is_empty();
    let waits = today.waiting_for_me > 0 || today.more_waits;
    let unreadable =
        today.agents.iter().filter(|row| row.unreadable).map(|row| view! { <UnreadableTask agent=row.link.clone()/> });
    let unreadable: Vec<_> = unreadable.collect();
    let nothing = unreadable.is_empty()
        && !(waits || may_settle && to_settle)
        && today.proposals.is_empty()
        && today.changes.is_empty()
        && today.short.is_empty()
        && today.unclaimed.is_empty()
        && today.late.is_empty();
    let empty = nothing.then(|| {
        view! {
            <Empty title="Nothing needs you">
                <p>"A request that a person has to decide shows up here, and so does anything that went wrong."</p>
            </Empty>
        }
    });
    let waiting = waits.then(|| {
        view! { <WaitingTask count=today.waiting_for_me more=today.more_waits oldest=today.oldest_waiting now/> }
    });
    let breaches: Vec<_> = today.breaches.into_iter().map(|pile| view! { <Breaches pile now may_settle/> }).collect();
    let proposals: Vec<_> = today.proposals.into_iter().map(|row| view! { <ProposalTask row now/> }).collect();
    let changes: Vec<_> = today.changes.into_iter().map(|change| view! { <ChangeTask change now/> }).collect();
    let short: Vec<_> = today.short.into_iter().map(|short| view! { <ShortTask short/> }).collect();
    let unclaimed: Vec<_> = today.unclaimed.into_iter().map(|row| view! { <UnclaimedTask row now/> }).collect();
    let late: Vec<_> = today.late.into_iter().map(|late| view! { <LateTask late now/> }).collect();
    let unknown: Vec<_> = today.unknown.into_iter().map(|pile| view! { <Unknown pile now may_settle/> }).collect();
    let open = view! { {breaches} {unknown} }.into_any();
    let (mine, others) = if may_settle { (Some(open), None) } else { (None, to_settle.then_some(open)) };
    let others =
        others.map(|open| view! { <Section title="What needs others"><ul class="tasks">{open}</ul></Section> });

    view! {
        <PageTitle title="Today" lead/>
        <Section title="What needs you">
            {empty}
            <ul class="tasks" hidden=nothing>
                {unreadable}
                {waiting}
                {late}
                {short}
                {mine}
                {unclaimed}
                {proposals}
                {changes}
            </ul>
        </Section>
        {others}
        <Section title="Agents">
            <AgentLines rows=today.agents/>
            <p class="quiet">
                <a href=paths::activity()>"See everything they did"</a>
            </p>
        </Section>
    }
}
