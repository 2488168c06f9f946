use domain::{id::PersonId, role::Capability, view::QueueView};
use leptos::prelude::*;

use super::{
    add_queue::AddQueue,
    calls::{AddMember, AddQueue as Add, RemoveMember, load_queues},
    nav::SettingsNav,
    queue::Queue,
};
use crate::ui::{DoneNote, Empty, ErrorNote, LoadedForMe, PageTitle, each, failure, use_live, words::count};

/// What can be done with the members of a queue.
#[derive(Clone, Copy)]
pub struct Actions {
    pub add: ServerAction<AddMember>,
    pub remove: ServerAction<RemoveMember>,
}

/// Who decides what waits.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let live = use_live();
    let add = ServerAction::<Add>::new();
    let actions = Actions { add: ServerAction::new(), remove: ServerAction::new() };
    live.follow(add);
    live.follow(actions.add);
    live.follow(actions.remove);
    let queues = live.resource(|| (), |()| load_queues());

    view! {
        <DoneNote/>
        <LoadedForMe
            resource=queues
            view=move |me, (queues, people)| {
                let lead = lead(&queues);
                let may = me.role.can(Capability::ManagePeople);
                let nothing = queues.is_empty().then(|| view! { <Empty title="There is no queue yet."/> });
                let key = |queue: &QueueView| (queue.slug.clone(), members(queue));
                let parts = each(queues, key, move |queue| view! { <Queue queue people=people.clone() may actions/> });
                view! {
                    <PageTitle title="Queues" lead/>
                    <SettingsNav role=me.role here="Queues"/>
                    <ErrorNote error=failure(actions.add)/>
                    <ErrorNote error=failure(actions.remove)/>
                    {nothing}
                    <div class="queue-cards">{parts}</div>
                    {may.then(|| view! { <AddQueue action=add/> })}
                }
            }
        />
    }
}

fn members(queue: &QueueView) -> Vec<PersonId> {
    queue.members.iter().map(|person| person.id).collect()
}

fn lead(queues: &[QueueView]) -> String {
    let number = u32::try_from(queues.len()).unwrap_or(u32::MAX);
    let deserted = queues.iter().find(|queue| queue.members.is_empty());
    match deserted {
        Some(queue) => format!(
            "{}. Nobody is in {}, so nothing there can be approved.",
            count(number, "queue", "queues"),
            queue.name
        ),
        None => format!("{}, each with people who decide what waits there.", count(number, "queue", "queues")),
    }
}
