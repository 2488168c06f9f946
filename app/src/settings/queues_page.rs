use domain::{
    authoring::meaning::Thing,
    role::Capability,
    view::{
        QueueView,
        approvals::{Leaving, Short},
        people::PersonRow,
    },
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
    approvals::ShortOf,
    catalog::Renaming,
    error::UiError,
    server::{actor, governance},
    ui::{DoneNote, Empty, ErrorNote, PageTitle, failure, loaded, words::count},
};

/// Who decides what waits.
#[component]
pub fn QueuesPage() -> impl IntoView {
    let sent = Renaming::sent();
    let page = async move {
        let actor = actor().await?;
        let governance = governance()?;
        let queues = governance.queues(&actor).await?;
        let people = able(&governance, &actor).await?;
        let may = actor.can(Capability::ManagePeople);
        let leaving = if may { governance.leaving(&actor).await? } else { Vec::new() };
        let short = governance.short(&actor).await?;
        let two = governance.two_to_publish(&actor).await?;
        let renaming = Renaming::of(&governance, &actor, Thing::Queue, sent).await?;
        Ok(view! { <Queues actor queues people leaving short two renaming/> })
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
fn Queues(
    actor: Actor,
    queues: Vec<QueueView>,
    people: Vec<PersonRow>,
    leaving: Vec<Leaving>,
    short: Vec<Short>,
    two: bool,
    renaming: Option<Renaming>,
) -> impl IntoView {
    let lead = lead(&queues);
    let may = actor.can(Capability::ManagePeople);
    let nothing = queues.is_empty().then(|| view! { <Empty title="There is no queue yet."/> });
    let parts: Vec<_> = queues
        .into_iter()
        .map(|queue| {
            let is_of = |one: &&Leaving| one.queue.as_ref() == Some(&queue.slug);
            let leaving = leaving.iter().filter(is_of).cloned().collect();
            view! { <Queue queue people=people.clone() leaving may two renaming=renaming.clone()/> }
        })
        .collect();
    view! {
        <PageTitle title="Queues" lead/>
        <SettingsNav actor here="Queues"/>
        <ErrorNote error={failure::<AddMember>()}/>
        <ErrorNote error={failure::<RemoveMember>()}/>
        <ErrorNote error={Renaming::failure()}/>
        <ShortOf short/>
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
