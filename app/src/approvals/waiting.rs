use chrono::{DateTime, Utc};
use domain::{
    state::State,
    view::{ApprovalsPage, QueueView, RequestRow, WaitingFilter, approvals::PAGE},
};
use islands::Said;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{
        Ago, Badge, Due, Empty,
        words::{count, grouped, list},
    },
};

/// What waits, what is due first before the rest.
#[component]
pub fn Waiting(page: ApprovalsPage) -> impl IntoView {
    if page.waiting.is_empty() {
        return view! { <NothingWaits page/> }.into_any();
    }
    let now = page.now;
    let later = page.filter.later;
    let pager = (page.pages() > 1).then(|| view! { <Pager page=page.clone()/> });
    let lines = page.waiting.into_iter().map(|row| view! { <Line row later now/> }).collect_view();
    view! {
        <ul class="lines">{lines}</ul>
        {pager}
    }
    .into_any()
}

/// One request: its state is said where it is not that it waits for the reader.
#[component]
fn Line(row: RequestRow, later: bool, now: DateTime<Utc>) -> impl IntoView {
    let stands = match row.state {
        _ if row.in_vain => view! { <span class="quiet">"Can only be rejected"</span> }.into_any(),
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
    let (number, pages) = (page.filter.page, page.pages());
    let first = number * PAGE + 1;
    let last = page.total.min(first + PAGE - 1);
    let to = |page_number: u32| paths::waiting(&WaitingFilter { page: page_number, ..page.filter.clone() });
    let before = number.checked_sub(1).map(|number| view! { <a href=to(number) rel="prev">"What is due before"</a> });
    let after = (number + 1 < pages).then(|| view! { <a href=to(number + 1) rel="next">"What is due after"</a> });
    view! {
        <nav class="pager" aria-label="Pages of what waits">
            {before}
            <span class="quiet">{format!("{} to {} of {}", grouped(first), grouped(last), grouped(page.total))}</span>
            {after}
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
        let href = paths::waiting(&WaitingFilter { later: true, page: 0, ..page.filter.clone() });
        view! { <p><a href=href>{count(not_now, "waits", "wait")} " that you cannot decide now"</a> "."</p> }
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
    let busy: Vec<String> = busy.map(|queue| format!("{} in {}", grouped(queue.waiting), queue.name)).collect();
    (!busy.is_empty()).then(|| format!("Elsewhere: {}.", list(&busy)))
}
