use domain::view::{PersonLink, PersonRow, QueueView};
use leptos::prelude::*;

use super::{
    calls::{AddMember, RemoveMember},
    named_submit::NamedSubmit,
};
use crate::{
    paths,
    ui::{Field, Submit, post_to},
};

/// One queue with its members, and the forms that change them for those who may.
#[component]
pub fn Queue(queue: QueueView, people: Vec<PersonRow>, may: bool) -> impl IntoView {
    let (slug, key) = (queue.slug.clone(), queue.slug.clone());
    let others: Vec<PersonRow> = people
        .into_iter()
        .filter(|person| person.disabled_at.is_none() && queue.members.iter().all(|member| member.id != person.id))
        .collect();
    let nobody = queue.members.is_empty().then(|| view! { <p>"Nobody is in this queue."</p> });
    let members: Vec<_> =
        queue.members.into_iter().map(|person| view! { <Member queue=slug.clone() person may/> }).collect();
    view! {
        <section class="card" data-key=key>
            <h2>{queue.name.clone()}</h2>
            <p class="hint">
                "Rules call it " <code>{queue.slug}</code> ". "
                <a href=paths::queue(&slug)>"See what waits"</a>
            </p>
            {nobody}
            <ul class="members" aria-label=format!("Members of {}", queue.name)>{members}</ul>
            {(may && !others.is_empty()).then(|| view! { <AddMemberForm queue=slug name=queue.name others/> })}
        </section>
    }
}

#[component]
fn Member(queue: String, person: PersonLink, may: bool) -> impl IntoView {
    let name = person.name.clone();
    view! {
        <li class="member" data-key=person.id.to_string()>
            <span>{person.name}</span>
            {may
                .then(|| {
                    view! {
                        <form method="post" action={post_to::<RemoveMember>()}>
                            <input type="hidden" name="queue" value=queue/>
                            <input type="hidden" name="person" value=person.id.to_string()/>
                            <NamedSubmit label="Remove" of=name/>
                        </form>
                    }
                })}
        </li>
    }
}

#[component]
fn AddMemberForm(queue: String, name: String, others: Vec<PersonRow>) -> impl IntoView {
    let options: Vec<_> =
        others.into_iter().map(|person| view! { <option value=person.id.to_string()>{person.name}</option> }).collect();
    view! {
        <form class="form-row" method="post" action={post_to::<AddMember>()}>
            <input type="hidden" name="queue" value=queue/>
            <Field label=format!("Add to {name}") name="person">
                <select name="person" required>
                    <option value="">"Choose"</option>
                    {options}
                </select>
            </Field>
            <Submit label="Add member"/>
        </form>
    }
}
