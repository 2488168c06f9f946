//! What the settings ask of the server.

use chrono::{DateTime, Utc};
use domain::{
    authoring::meaning::Change,
    id::{KeyId, PersonId},
    role::{Capability, Role},
};
use governance::Came;
use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{after, changes, keys, people, queues},
    server::{actor, answered, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<AddPerson>(Capability::ManagePeople),
    function::<ChangePerson>(Capability::ManagePeople),
    function::<SetPassword>(Capability::ManagePeople),
    function::<DisablePerson>(Capability::ManagePeople),
    function::<EnablePerson>(Capability::ManagePeople),
    function::<ConfirmPassword>(Capability::ManagePeople),
    function::<AddQueue>(Capability::ManagePeople),
    function::<AddMember>(Capability::ManagePeople),
    function::<RemoveMember>(Capability::ManagePeople),
    function::<NeedTwoToPublish>(Capability::Govern),
    function::<ProposeOneToPublish>(Capability::Govern),
    function::<RevokeKey>(Capability::ManageKeys),
];

/// The people, and the queues that they can be in.
#[server]
pub async fn add_person(email: String, name: String, role: Role, password: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.add_person(&actor, &email, &name, role, &password).await? {
        (_, Came::Done) => done(after(people(), Done::PersonAdded)),
        (_, Came::Proposed) => done(after(changes(), Done::AdminProposed)),
    }
}

#[server]
pub async fn change_person(
    id: PersonId,
    seen: Role,
    role: Role,
    #[server(default)] losing: u32,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    came(governance.change_person(&actor, id, seen, role, losing).await?, Done::PersonChanged)
}

#[server]
pub async fn set_password(id: PersonId, password: String) -> Result<(), UiError> {
    let actor = actor().await?;
    // Whoever finds a session open must not keep its owner out.
    if actor.can(Capability::ManagePeople) && actor.person()?.id == id {
        return Err(answered(UiError::OwnPassword));
    }
    let governance = governance()?;
    came(governance.set_password(&actor, id, &password).await?, Done::PasswordSet)
}

#[server]
pub async fn disable_person(id: PersonId, #[server(default)] losing: u32) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.disable_person(&actor, id, losing).await?;
    done(after(people(), Done::PersonDisabled))
}

#[server]
pub async fn enable_person(id: PersonId, disabled_at: DateTime<Utc>) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    came(governance.enable_person(&actor, id, disabled_at).await?, Done::PersonEnabled)
}

#[server]
pub async fn confirm_password(id: PersonId, own_since: DateTime<Utc>) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.confirm_password(&actor, id, own_since).await?;
    done(after(people(), Done::PasswordConfirmed))
}

/// To the page that shows what came of a change of somebody.
fn came(came: Came, what: Done) -> Result<(), UiError> {
    match came {
        Came::Done => done(after(people(), what)),
        Came::Proposed => done(after(changes(), Done::ChangeProposed)),
    }
}

/// The queues, and the people who can be made members: nobody, for those who may not.
#[server]
pub async fn add_queue(slug: String, name: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.add_queue(&actor, &slug, &name).await?;
    done(after(queues(), Done::QueueAdded))
}

#[server]
pub async fn add_member(queue: String, person: PersonId) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.add_member(&actor, &queue, person).await? {
        Came::Done => done(after(queues(), Done::MemberAdded)),
        Came::Proposed => done(after(changes(), Done::ChangeProposed)),
    }
}

#[server]
pub async fn remove_member(queue: String, person: PersonId, #[server(default)] losing: u32) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.remove_member(&actor, &queue, person, losing).await?;
    done(after(queues(), Done::MemberRemoved))
}

/// From now on it takes two admins to publish permissions.
#[server]
pub async fn need_two_to_publish() -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.need_two_to_publish(&actor).await?;
    done(after(people(), Done::TwoToPublish))
}

/// Proposes that one admin alone can publish, which another admin has to accept.
#[server]
pub async fn propose_one_to_publish(note: String, #[server(default)] accepted: Vec<String>) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.put_change(&actor, &Change::OneToPublish, &note, &accepted).await?;
    done(after(changes(), Done::ChangeProposed))
}

/// The keys, and the agents that one can be made for.
#[server]
pub async fn revoke_key(id: KeyId) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.revoke_key(&actor, id).await?;
    done(after(keys(), Done::KeyRevoked))
}
