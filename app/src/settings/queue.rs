use domain::view::{
    PersonLink, QueueView,
    approvals::{Leaving, Lost},
    people::PersonRow,
};
use leptos::prelude::*;

use super::{
    calls::{AddMember, RemoveMember},
    named_submit::NamedSubmit,
    person::WhatIsLost,
};
use crate::{
    catalog::{Rename, Renaming},
    paths,
    ui::{Field, Submit, post_to},
};

/// One queue with its members, and the forms that change them for those who may.
#[component]
pub fn Queue(
    queue: QueueView,
    people: Vec<PersonRow>,
    /// Those whose leaving would lose something.
    leaving: Vec<Leaving>,
    may: bool,
    /// Whether it takes two admins to add somebody.
    two: bool,
    renaming: Option<Renaming>,
) -> impl IntoView {
    let (slug, key) = (queue.slug.clone(), queue.slug.clone());
    let others: Vec<PersonRow> = people
        .into_iter()
        .filter(|person| person.disabled_at.is_none() && queue.members.iter().all(|member| member.id != person.id))
        .collect();
    let rename = renaming.map(|renaming| view! { <Rename renaming slug=slug.clone() name=queue.name.clone()/> });
    let nobody = queue.members.is_empty().then(|| view! { <p>"Nobody is in this queue."</p> });
    let members: Vec<_> = queue
        .members
        .into_iter()
        .map(|person| {
            let lost = leaving.iter().find(|one| one.person == person.id).map(|one| one.lost);
            view! { <Member queue=slug.clone() person lost may/> }
        })
        .collect();
    view! {
        <section class="card" data-key=key>
            <h2>{queue.name.clone()}</h2>
            <p class="hint">
                "Rules call it " <code>{queue.slug}</code> ". "
                <a href=paths::queue(&slug)>"See what waits"</a>
            </p>
            {nobody}
            <ul class="members" aria-label=format!("Members of {}", queue.name)>{members}</ul>
            {(may && !others.is_empty()).then(|| view! { <AddMemberForm queue=slug name=queue.name others two/> })}
            {rename}
        </section>
    }
}

#[component]
fn Member(
    queue: String,
    person: PersonLink,
    /// What is lost without them.
    lost: Option<Lost>,
    may: bool,
) -> impl IntoView {
    let name = person.name.clone();
    let form = may.then(|| {
        let label = if lost.is_some() { "Remove all the same" } else { "Remove" };
        let losing = lost.map_or(0, |lost| lost.accepted());
        view! {
            <form method="post" action={post_to::<RemoveMember>()}>
                <input type="hidden" name="queue" value=queue/>
                <input type="hidden" name="person" value=person.id.to_string()/>
                <input type="hidden" name="losing" value=losing.to_string() data-seen/>
                <NamedSubmit label of=name.clone()/>
            </form>
        }
    });
    let form = form.map(|form| match lost {
        None => form.into_any(),
        Some(lost) => view! {
            <details class="fold-plain">
                <summary>{format!("Remove {name}…")}</summary>
                <WhatIsLost lost without="without them"/>
                {form}
            </details>
        }
        .into_any(),
    });
    view! {
        <li class="member" data-key=person.id.to_string()>
            <span>{person.name}</span>
            {form}
        </li>
    }
}

#[component]
fn AddMemberForm(queue: String, name: String, others: Vec<PersonRow>, two: bool) -> impl IntoView {
    let options: Vec<_> =
        others.into_iter().map(|person| view! { <option value=person.id.to_string()>{person.name}</option> }).collect();
    let hint = if two { "They decide what waits here once another admin accepts that." } else { "" };
    view! {
        <form class="form-row" method="post" action={post_to::<AddMember>()}>
            <input type="hidden" name="queue" value=queue/>
            <Field label=format!("Add to {name}") name="person" hint>
                <select name="person" required>
                    <option value="">"Choose"</option>
                    {options}
                </select>
            </Field>
            <Submit label=if two { "Propose member" } else { "Add member" }/>
        </form>
    }
}
