//! The changes of agents, people and queues themselves; each gives what the record says of it.

use chrono::{DateTime, Utc};
use domain::{
    agent_file::AgentHead,
    entry::{Name, PersonChanged, QueueChanged},
    id::PersonId,
    role::Capability,
};
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::{
    db::{self, people::Edit},
    error::{Conflict, Error, Result},
};

/// Calls or describes an agent otherwise than it was seen.
pub(crate) async fn describe(
    connection: &mut PgConnection,
    seen: &AgentHead,
    name: &str,
    purpose: &str,
) -> Result<Value> {
    let before = json!({ "name": seen.name, "purpose": seen.purpose });
    match db::agents::describe(connection, seen, name, purpose).await? {
        true => Ok(json!({ "name": name, "purpose": purpose, "before": before })),
        false => Err(Conflict::ChangedMeanwhile.into()),
    }
}

/// Makes a change of somebody as they were seen.
pub(crate) async fn edit(
    connection: &mut PgConnection,
    id: PersonId,
    edit: Edit,
    now: DateTime<Utc>,
) -> Result<PersonChanged> {
    if !db::people::edit(connection, id, &edit, now).await? {
        return Err(Conflict::ChangedMeanwhile.into());
    }
    if matches!(edit, Edit::Disable | Edit::Password { .. }) {
        db::sessions::end_of(connection, id).await?;
    }
    if !db::people::has_admin(&mut *connection).await? {
        return Err(Conflict::LastAdmin.into());
    }
    let decides_again = match &edit {
        Edit::Enable { .. } => true,
        Edit::Role { seen, role } => role.can(Capability::Decide) && !seen.can(Capability::Decide),
        Edit::Disable | Edit::Password { .. } => false,
    };
    // Where it takes two to come into a queue, nobody comes back into one alone.
    let left = match decides_again && db::control::two_to_publish(&mut *connection).await? {
        true => db::queues::leave_all(connection, id).await?,
        false => Vec::new(),
    };
    // What somebody proposed of them was of how they were.
    db::proposals::remove_of(connection, id).await?;
    let left = left.iter().map(|queue| Name::of(queue)).collect();
    let changed = PersonChanged { left, ..PersonChanged::of(id) };
    Ok(match edit {
        Edit::Role { seen, role } => PersonChanged { role: Some(role), before: Some(seen), ..changed },
        Edit::Disable => PersonChanged { disabled: Some(true), ..changed },
        Edit::Enable { .. } => PersonChanged { disabled: Some(false), ..changed },
        Edit::Password { .. } => PersonChanged { password: Some(true), ..changed },
    })
}

/// Makes somebody a member, or no longer.
pub(crate) async fn set_member(
    connection: &mut PgConnection,
    queue: &str,
    person: PersonId,
    member: bool,
    now: DateTime<Utc>,
) -> Result<QueueChanged> {
    match db::queues::set_member(connection, queue, person, member, now).await?.ok_or(Error::NotFound)? {
        true => Ok(QueueChanged {
            queue: Name::of(queue),
            person: Some(person),
            member: Some(member),
            proposal: None,
            proposed_by: None,
        }),
        false => Err(Conflict::ChangedMeanwhile.into()),
    }
}
