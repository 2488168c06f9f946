use domain::{
    role::Capability,
    view::{PersonRow, QueueView},
};
use governance::{Actor, Governance};
use leptos::prelude::*;

use super::{
    add_queue::AddQueue,
    calls::{AddMember, RemoveMember},
    nav::SettingsNav,
    queue::Queue,
};
use crate::{
    error::UiError,
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, PageTitle, failure, loaded, words::count},
};

/// Who decides what waits.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let page = async {
        let actor = actor().await?;
        let governance = governance()?;
        let queues = governance.queues(&actor).await?;
        let people = able(&governance, &actor).await?;
        Ok(view! { <Queues actor queues people/> })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

/// The people who can be made members: nobody, for those who may not.
async fn able(governance: &Governance, actor: &Actor) -> Result<Vec<PersonRow>, UiError> {
    if !actor.can(Capability::ManagePeople) {
        return Ok(Vec::new());
    }
    let people = governance.people(actor).await?;
    Ok(people.into_iter().filter(|one| one.role.can(Capability::Decide)).collect())
}

#[component]
fn Queues(actor: Actor, queues: Vec<QueueView>, people: Vec<PersonRow>) -> impl IntoView {
    let lead = lead(&queues);
    let may = actor.can(Capability::ManagePeople);
    let nothing = queues.is_empty().then(|| view! { <Empty title="There is no queue yet."/> });
    let parts: Vec<_> = queues.into_iter().map(|queue| view! { <Queue queue people=people.clone() may/> }).collect();
    view! {
        <PageTitle title="Queues" lead/>
        <SettingsNav actor here="Queues"/>
        <ErrorNote error={failure::<AddMember>()}/>
        <ErrorNote error={failure::<RemoveMember>()}/>
        {nothing}
        <div class="queue-cards">{parts}</div>
        {may.then(|| view! { <AddQueue/> })}
    }
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
