use domain::{
    role::Role,
    view::{Me, PersonRow, QueueView},
};
use leptos::prelude::*;

use super::{
    add_person::AddPerson,
    calls::{AddPerson as Add, ChangePerson, DisablePerson, EnablePerson, SetPassword, load_people},
    nav::SettingsNav,
    person::Person,
};
use crate::approvals::words::label;
use crate::ui::{DoneNote, ErrorNote, LoadedForMe, PageTitle, Section, each, failure, words::count};

/// What can be done with a person.
#[derive(Clone, Copy)]
pub struct Actions {
    pub change: ServerAction<ChangePerson>,
    pub disable: ServerAction<DisablePerson>,
    pub enable: ServerAction<EnablePerson>,
    pub set_password: ServerAction<SetPassword>,
}

impl Actions {
    fn runs(self) -> [usize; 4] {
        [
            self.change.version().get(),
            self.disable.version().get(),
            self.enable.version().get(),
            self.set_password.version().get(),
        ]
    }
}

/// Who can sign in, and as what.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let add = ServerAction::<Add>::new();
    let actions = Actions {
        change: ServerAction::new(),
        disable: ServerAction::new(),
        enable: ServerAction::new(),
        set_password: ServerAction::new(),
    };
    let people = Resource::new(move || (add.version().get(), actions.runs()), |_| load_people());

    view! {
        <DoneNote/>
        <LoadedForMe
            resource=people
            view=move |me, (people, queues)| {
                let people = with_names(people, &queues);
                view! {
                    <PageTitle title="People" lead=lead(&people)/>
                    <SettingsNav role=me.role here="People"/>
                    <ErrorNote error=failure(actions.change)/>
                    <ErrorNote error=failure(actions.disable)/>
                    <ErrorNote error=failure(actions.enable)/>
                    <ErrorNote error=failure(actions.set_password)/>
                    <People me people actions/>
                    <AddPerson action=add/>
                    <Roles/>
                }
            }
        />
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

fn lead(people: &[PersonRow]) -> String {
    let able = || people.iter().filter(|person| person.disabled_at.is_none());
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let admins = able().filter(|person| person.role == Role::Admin).count();
    format!(
        "{} can sign in, {} among them.",
        count(number(able().count()), "person", "people"),
        count(number(admins), "admin", "admins")
    )
}

#[component]
fn People(me: Me, people: Vec<PersonRow>, actions: Actions) -> impl IntoView {
    let key = |person: &PersonRow| (person.id, person.role, person.disabled_at, person.queues.clone());
    let rows = each(people, key, move |person| {
        let self_ = person.id == me.id;
        view! { <Person person self_ actions/> }
    });
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
