use domain::view::QueueView;
use leptos::prelude::*;

use crate::{
    paths,
    ui::words::{grouped, list},
};

/// The queues as a filter, each with its members.
#[component]
pub fn Queues(queues: Vec<QueueView>, chosen: Option<String>) -> impl IntoView {
    let of_all = chosen.is_none();
    let links: Vec<_> = queues
        .into_iter()
        .map(|queue| {
            let here = chosen.as_ref() == Some(&queue.slug);
            view! { <Queue queue here/> }
        })
        .collect();
    view! {
        <nav class="queues" aria-label="Queues">
            <ul>
                <li class="queue">
                    <a class="queue-link" href=paths::approvals() aria-current=of_all.then_some("page")>
                        "All my queues"
                    </a>
                </li>
                {links}
            </ul>
        </nav>
    }
}

#[component]
fn Queue(queue: QueueView, here: bool) -> impl IntoView {
    let names: Vec<String> = queue.members.into_iter().map(|person| person.name).collect();
    let members = if names.is_empty() { "nobody yet".to_owned() } else { list(&names) };
    view! {
        <li class="queue">
            <a class="queue-link" href=paths::queue(&queue.slug) aria-current=here.then_some("page")>
                {queue.name}
                <span class="queue-count">{grouped(queue.waiting)} <span class="sr-only">" waiting"</span></span>
            </a>
            <p class="queue-members">
                {queue.mine.then_some("Yours. ")} "Members: " {members}
            </p>
        </li>
    }
}
