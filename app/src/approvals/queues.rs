use domain::view::QueueView;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{
        Fact, Facts, Section,
        words::{grouped, list},
    },
};

/// The queues as a filter, and who decides in the one that is chosen.
#[component]
pub fn Queues(queues: Vec<QueueView>, chosen: Option<String>) -> impl IntoView {
    let of_all = chosen.is_none();
    let who = who_decides(&queues, chosen.as_deref());
    let links: Vec<_> = queues
        .into_iter()
        .map(|queue| {
            let here = chosen.as_ref() == Some(&queue.slug);
            view! {
                <li>
                    <a class="chip" href=paths::queue(&queue.slug) aria-current=here.then_some("page")>
                        {queue.name}
                        <span class="chip-count">{grouped(queue.waiting)} <span class="sr-only">" waiting"</span></span>
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="chips" aria-label="Queues">
            <ul>
                <li>
                    <a class="chip" href=paths::approvals() aria-current=of_all.then_some("page")>
                        "All my queues"
                    </a>
                </li>
                {links}
            </ul>
            <p class="hint">{who}</p>
        </nav>
    }
}

/// The members of every queue.
#[component]
pub fn Members(queues: Vec<QueueView>) -> impl IntoView {
    let queues: Vec<_> = queues
        .into_iter()
        .map(|queue| {
            let names = names(&queue);
            view! { <Fact label=queue.name>{names}</Fact> }
        })
        .collect();
    (!queues.is_empty()).then(|| {
        view! {
            <Section title="Who decides in which queue">
                <Facts>{queues}</Facts>
            </Section>
        }
    })
}

fn who_decides(queues: &[QueueView], chosen: Option<&str>) -> String {
    let mine: Vec<&str> = queues.iter().filter(|queue| queue.mine).map(|queue| queue.name.as_str()).collect();
    match queues.iter().find(|queue| Some(queue.slug.as_str()) == chosen) {
        Some(queue) => format!("Decided by: {}.", names(queue)),
        None if mine.is_empty() => "You are in no queue.".to_owned(),
        None => format!("You decide for {}.", list(&mine)),
    }
}

fn names(queue: &QueueView) -> String {
    let names: Vec<&str> = queue.members.iter().map(|person| person.name.as_str()).collect();
    if names.is_empty() { "nobody yet".to_owned() } else { list(&names) }
}
