use chrono::{DateTime, Utc};
use domain::{
    sentence::visible,
    state::State,
    view::{AgentLink, ApprovalsPage, QueueView, RequestRow, WaitingFilter},
};
use islands::Said;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{
        Ago, Badge, Due, Empty, Notice, Tone,
        words::{self, list},
    },
};

/// What waits: what somebody could approve before the rest, by when it is due.
#[component]
pub fn Waiting(page: ApprovalsPage) -> impl IntoView {
    if page.waiting.is_empty() {
        return view! { <NothingWaits page/> }.into_any();
    }
    let now = page.now;
    let later = page.filter.later;
    let pager = (page.next.is_some() || page.filter.after.is_some()).then(|| view! { <Pager page=page.clone()/> });
    let lines = page.waiting.into_iter().map(|row| view! { <Line row later now/> }).collect_view();
    view! {
        <ul class="lines">{lines}</ul>
        {pager}
    }
    .into_any()
}

/// Whose requests are not all in the list, and where the others are.
#[component]
pub fn Cut(agents: Vec<AgentLink>) -> impl IntoView {
    let names: Vec<String> = agents.into_iter().map(|agent| visible(&agent.name)).collect();
    (!names.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Waiting>
                <p class="notice-title">{format!("Not all that waits of {} is listed or counted.", list(&names))}</p>
                <p>
                    "It needs too many different combinations of queues. What is due first of it is in the list, and the rest comes "
                    "into it later. All of it is under "
                    <a href=paths::activity()>"Activity"</a> "."
                </p>
            </Notice>
        }
    })
}

/// One request: its state is said where it is not that it waits for the reader.
#[component]
fn Line(row: RequestRow, later: bool, now: DateTime<Utc>) -> impl IntoView {
    let stands = match row.state {
        _ if row.in_vain => view! { <span class="quiet">"Can only be rejected"</span> }.into_any(),
        State::Waiting if row.short => view! { <span class="quiet">"Nobody can approve it"</span> }.into_any(),
        State::Waiting if later => view! { <span class="quiet">"You have said yes"</span> }.into_any(),
        State::Waiting => ().into_any(),
        state => view! { <Badge state/> }.into_any(),
    };
    view! {
        <li class="line" data-key=row.id.to_string()>
            <div class="line-main">
                <a class="line-link" href=paths::request(row.id)><Said text=row.sentence/></a>
                <p class="line-more">
                    <span class="line-agent">{row.agent.name}</span>
                    " asked "
                    <Ago at=row.asked_at now/>
                </p>
            </div>
            <div class="line-side">
                {stands}
                {row.deadline.map(|at| view! { <Due at now still=row.still/> })}
            </div>
            <p class="line-amount">{row.amount.map(|amount| amount.readable())}</p>
        </li>
    }
}

#[component]
fn Pager(page: ApprovalsPage) -> impl IntoView {
    let ApprovalsPage { filter, next, total, waiting, .. } = page;
    let to = |after| paths::waiting(&WaitingFilter { after, ..filter.clone() });
    let first = filter
        .after
        .is_some()
        .then(|| view! { <a class="button button-neutral" href=to(None)>"Back to the first"</a> });
    let next = next.map(|next| {
        let words = match filter.after {
            None => words::next_of(waiting.len(), total),
            Some(_) => "Next".to_owned(),
        };
        view! { <a class="button button-neutral" href=to(Some(next)) rel="next">{words}</a> }
    });
    view! {
        <nav class="pager" aria-label="Pages of what waits">
            {first}
            <span class="quiet">{format!("{} in all", words::waiting(total))}</span>
            {next}
        </nav>
    }
}

#[component]
fn NothingWaits(page: ApprovalsPage) -> impl IntoView {
    let now = page.now;
    let before = match page.last_decided {
        Some(at) => view! { <p>"The last one was decided " <Ago at now/> "."</p> }.into_any(),
        None => view! { <p>"Nothing has waited here yet."</p> }.into_any(),
    };
    let next = match page.queues.iter().any(|queue| queue.mine) {
        true => view! { <p>"When an agent needs your say, it shows up here."</p> }.into_any(),
        false => view! {
            <p>
                "You are not in a queue, so nothing is put to you. An admin adds people to queues under "
                <a href=paths::queues()>"Settings"</a> "."
            </p>
        }
        .into_any(),
    };
    let not_now = page.now_and_later.1;
    let not_now = (not_now > 0 && !page.filter.later).then(|| {
        let href = paths::waiting(&WaitingFilter { later: true, after: None, ..page.filter.clone() });
        view! { <p><a href=href>{words::waiting(not_now)} {if not_now == 1 { " waits" } else { " wait" }} " that you cannot decide now"</a> "."</p> }
    });
    let elsewhere = elsewhere(&page.queues).map(|elsewhere| view! { <p>{elsewhere}</p> });
    let title = if page.filter.later { "Nothing is held up." } else { "Nothing waits here." };
    view! {
        <Empty title>
            {before}
            {next}
            {not_now}
            {elsewhere}
        </Empty>
    }
}

/// "Elsewhere: 3 in CS leads and 5 in Marketing."
fn elsewhere(queues: &[QueueView]) -> Option<String> {
    let busy = queues.iter().filter(|queue| queue.waiting > 0);
    let busy: Vec<String> = busy.map(|queue| format!("{} in {}", words::waiting(queue.waiting), queue.name)).collect();
    (!busy.is_empty()).then(|| format!("Elsewhere: {}.", list(&busy)))
}
