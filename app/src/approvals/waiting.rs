use domain::view::{ApprovalsPage, QueueView};
use leptos::prelude::*;

use crate::{
    paths,
    ui::{
        Ago, Empty, Lines,
        words::{grouped, list},
    },
};

/// What waits, the oldest first.
#[component]
pub fn Waiting(page: ApprovalsPage) -> impl IntoView {
    if page.waiting.is_empty() {
        return view! { <NothingWaits page/> }.into_any();
    }
    let now = page.now;
    let shown = u32::try_from(page.waiting.len()).unwrap_or(u32::MAX);
    let more = (page.total > shown).then(|| {
        format!("The {} oldest of {}. The next ones move up as these are decided.", grouped(shown), grouped(page.total))
    });
    view! {
        <Lines rows=page.waiting now/>
        {more.map(|more| view! { <p class="hint">{more}</p> })}
    }
    .into_any()
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
    let elsewhere = elsewhere(&page.queues).map(|elsewhere| view! { <p>{elsewhere}</p> });
    view! {
        <Empty title="Nothing waits here.">
            {before}
            {next}
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
