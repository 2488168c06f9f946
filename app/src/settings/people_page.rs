use domain::{
    authoring::meaning::Change,
    id::PersonId,
    role::Role,
    sentence::visible,
    view::{QueueView, approvals::Leaving, people::PersonRow},
};
use leptos::prelude::*;

use super::{
    add_person::AddPerson,
    calls::{ChangePerson, ConfirmPassword, DisablePerson, EnablePerson, SetPassword},
    nav::SettingsNav,
    person::Person,
    publishing::Publishing,
};
use crate::{
    server::{actor, governance},
    ui::{
        DoneNote, ErrorNote, PageTitle, Section, failure, loaded,
        words::{count, label},
    },
};

/// Who can sign in, and as what.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let page = async {
        let actor = actor().await?;
        let me = actor.person()?.id;
        let governance = governance()?;
        let people = governance.people(&actor).await?;
        let leaving = governance.leaving(&actor).await?;
        let two = governance.two_to_publish(&actor).await?;
        let meaning = governance.meaning(&actor, &Change::OneToPublish).await?;
        let people = with_names(people, &governance.queues(&actor).await?);
        let admins = admins(&people);
        let first = before_two(&people);
        Ok(view! {
            <PageTitle title="People" lead=lead(&people)/>
            <SettingsNav actor here="People"/>
            <ErrorNote error={failure::<ChangePerson>()}/>
            <ErrorNote error={failure::<DisablePerson>()}/>
            <ErrorNote error={failure::<EnablePerson>()}/>
            <ErrorNote error={failure::<SetPassword>()}/>
            <ErrorNote error={failure::<ConfirmPassword>()}/>
            <People me two few={two && admins < 3} people leaving/>
            <AddPerson two/>
            <Publishing two admins first meaning/>
            <Roles/>
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

/// People with the names of their queues in place of their slugs.
fn with_names(mut people: Vec<PersonRow>, queues: &[QueueView]) -> Vec<PersonRow> {
    let name = |slug: &String| queues.iter().find(|queue| queue.slug == *slug).map(|queue| queue.name.clone());
    for person in &mut people {
        person.queues = person.queues.iter().map(|slug| name(slug).unwrap_or_else(|| slug.clone())).collect();
    }
    people
}

/// How many admins can sign in.
fn admins(people: &[PersonRow]) -> usize {
    people.iter().filter(|person| person.disabled_at.is_none() && person.role == Role::Admin).count()
}

/// What has to be done before it can take two admins: of each whose password somebody else may know.
fn before_two(people: &[PersonRow]) -> Vec<String> {
    let able = people.iter().filter(|person| person.disabled_at.is_none() && person.role == Role::Admin);
    let known = able.filter_map(|person| Some((visible(&person.name), person.known_to.as_ref()?)));
    let told = known.map(|(name, known)| match known.own_since {
        None => format!("{name} has to choose a password of their own, under Settings, Your password."),
        Some(_) => format!(
            "Another admin than {} has to confirm in the list above that {name} chose the new password.",
            visible(&known.by)
        ),
    });
    told.collect()
}

fn lead(people: &[PersonRow]) -> String {
    let able = || people.iter().filter(|person| person.disabled_at.is_none());
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    format!(
        "{} can sign in, {} among them.",
        count(number(able().count()), "person", "people"),
        count(number(admins(people)), "admin", "admins")
    )
}

#[component]
fn People(me: PersonId, two: bool, few: bool, people: Vec<PersonRow>, leaving: Vec<Leaving>) -> impl IntoView {
    let rows: Vec<_> = people
        .into_iter()
        .map(|person| {
            let self_ = person.id == me;
            let gone = leaving.iter().find(|one| one.person == person.id && one.queue.is_none());
            let lost = gone.map(|one| one.lost);
            view! { <Person person self_ few lost two/> }
        })
        .collect();
    view! {
        <div class="table-box stacks people"><table class="table" role="table">
            <caption class="sr-only">"People, with their roles"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">"Name"</th>
                    <th scope="col" role="columnheader">"Queues"</th>
                    <th scope="col" role="columnheader">"Role"</th>
                    <th scope="col" role="columnheader">"Sign-in"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table></div>
    }
}

/// What each role is for.
#[component]
fn Roles() -> impl IntoView {
    let lines: Vec<_> = Role::ALL
        .iter()
        .map(|role| view! { <li><strong>{label(role.name())}</strong> ": " {role.words()} "."</li> })
        .collect();
    view! {
        <Section title="What the roles are for">
            <ul class="roles">{lines}</ul>
        </Section>
    }
}
