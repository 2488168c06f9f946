use domain::view::{ApprovalsPage, QueueView, WaitingFilter};
use leptos::prelude::*;

use crate::{
    paths,
    ui::{
        Fact, Facts, Section,
        words::{list, waiting},
    },
};

/// What can be shown of what waits: by queue, by agent, and what cannot be decided now.
#[component]
pub fn Queues(page: ApprovalsPage) -> impl IntoView {
    let filter = page.filter.clone();
    let who = who_decides(&page.queues, filter.queue.as_deref());
    let mine = page.queues.iter().any(|queue| queue.mine);
    let all = WaitingFilter { queue: None, after: None, ..filter.clone() };
    let mut queues = vec![Choice::new(if mine { "All my queues" } else { "All queues" }, None, all)];
    queues.extend(page.queues.into_iter().map(|queue| {
        let to = WaitingFilter { queue: Some(queue.slug), after: None, ..filter.clone() };
        Choice::new(queue.name, Some(queue.waiting), to)
    }));

    let (now, later) = page.now_and_later;
    let part = |later: bool| WaitingFilter { later, after: None, ..filter.clone() };
    let parts = vec![
        Choice::new("To decide", Some(now), part(false)),
        Choice::new("Not now: stopped, or answered by you", Some(later), part(true)),
    ];
    let parts = (later > 0 || filter.later).then_some(parts);

    let of = |agent: Option<String>| WaitingFilter { agent, after: None, ..filter.clone() };
    let mut agents = vec![Choice::new("All agents", None, of(None))];
    let several = page.agents.len() > 1 || filter.agent.is_some();
    agents.extend(
        page.agents.into_iter().map(|(agent, count)| Choice::new(agent.name, Some(count), of(Some(agent.slug)))),
    );
    let agents = several.then_some(agents);

    view! {
        <div class="chips">
            <Choices label="Queues" choices=queues shown=filter.clone()/>
            <p class="hint">{who}</p>
            {parts.map(|choices| view! { <Choices label="What can be decided" choices shown=filter.clone()/> })}
            {agents.map(|choices| view! { <Choices label="Agents" choices shown=filter.clone()/> })}
        </div>
    }
}

struct Choice {
    name: String,
    count: Option<u32>,
    to: WaitingFilter,
}

impl Choice {
    fn new(name: impl Into<String>, count: Option<u32>, to: WaitingFilter) -> Self {
        Self { name: name.into(), count, to }
    }
}

#[component]
fn Choices(label: &'static str, choices: Vec<Choice>, shown: WaitingFilter) -> impl IntoView {
    let shown = WaitingFilter { after: None, ..shown };
    let links = choices.into_iter().map(|choice| {
        let here = (choice.to == shown).then_some("page");
        let count = choice.count.map(|count| {
            view! { <span class="chip-count">{waiting(count)} <span class="sr-only">" waiting"</span></span> }
        });
        view! {
            <li>
                <a class="chip" href=paths::waiting(&choice.to) aria-current=here>
                    {choice.name}
                    {count}
                </a>
            </li>
        }
    });
    view! {
        <nav aria-label=label>
            <ul>{links.collect_view()}</ul>
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
