use domain::view::{PersonLink, QueueView, approvals::Leaving, people::PersonRow};
use leptos::prelude::*;

use super::{
    calls::{AddMember, RemoveMember},
    named_submit::NamedSubmit,
};
use crate::{
    paths,
    ui::{Field, Submit, post_to, words::waiting},
};

/// One queue with its members, and the forms that change them for those who may.
#[component]
pub fn Queue(
    queue: QueueView,
    people: Vec<PersonRow>,
    /// Those whose leaving would leave something that waits without people enough.
    leaving: Vec<Leaving>,
    may: bool,
    /// Whether it takes two admins to add somebody.
    two: bool,
) -> impl IntoView {
    let (slug, key) = (queue.slug.clone(), queue.slug.clone());
    let others: Vec<PersonRow> = people
        .into_iter()
        .filter(|person| person.disabled_at.is_none() && queue.members.iter().all(|member| member.id != person.id))
        .collect();
    let nobody = queue.members.is_empty().then(|| view! { <p>"Nobody is in this queue."</p> });
    let members: Vec<_> = queue
        .members
        .into_iter()
        .map(|person| {
            let losing = leaving.iter().find(|one| one.person == person.id).map_or(0, |one| one.count);
            view! { <Member queue=slug.clone() person losing may/> }
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
        </section>
    }
}

#[component]
fn Member(
    queue: String,
    person: PersonLink,
    /// How much of what waits nobody could approve without them.
    losing: u32,
    may: bool,
) -> impl IntoView {
    let name = person.name.clone();
    let form = may.then(|| {
        let label = if losing > 0 { "Remove all the same" } else { "Remove" };
        view! {
            <form method="post" action={post_to::<RemoveMember>()}>
                <input type="hidden" name="queue" value=queue/>
                <input type="hidden" name="person" value=person.id.to_string()/>
                <input type="hidden" name="losing" value=losing.to_string() data-seen/>
                <NamedSubmit label of=name.clone()/>
            </form>
        }
    });
    let form = form.map(|form| match losing {
        0 => form.into_any(),
        n => view! {
            <details class="fold-plain">
                <summary>{format!("Remove {name}…")}</summary>
                <p>{waiting(n)} " of what waits could be approved by nobody then, and would end without a yes."</p>
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
