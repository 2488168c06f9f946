use chrono::{DateTime, Utc};
use domain::{
    authoring::{draft::Stamp, meaning::Change, statement::Statement},
    id::{PersonId, ProposalId},
    kept,
    view::{PersonLink, catalog::ChangeHead},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

pub struct NewProposal<'a> {
    pub id: ProposalId,
    pub change: &'a Change,
    pub accepted: &'a [Statement],
    pub note: &'a str,
    /// The hash of the password that the change gives somebody.
    pub secret: Option<&'a str>,
    pub by: PersonId,
}

pub struct Proposal {
    pub head: ChangeHead,
    pub change: Change,
    /// The hash of the password that it gives somebody.
    pub secret: Option<String>,
}

struct Row {
    id: Uuid,
    change: Value,
    note: String,
    proposed_by: Uuid,
    proposed_at: DateTime<Utc>,
    name: String,
    secret: Option<String>,
    /// The name of the person that it is about.
    whom: Option<String>,
    /// What the queue is called that it is about.
    queue: Option<String>,
}

impl Row {
    fn read(self) -> Result<Proposal> {
        let change: Change = kept::read(self.change)?;
        let by = PersonLink { id: PersonId(self.proposed_by), name: self.name };
        let stamp = Stamp { by, at: self.proposed_at };
        let head = ChangeHead {
            id: ProposalId(self.id),
            title: change.title(&self.whom.unwrap_or_default(), &self.queue.unwrap_or_default()),
            stamp,
            note: self.note,
        };
        Ok(Proposal { head, change, secret: self.secret })
    }
}

/// In the place of another one about the same.
pub async fn put(connection: &mut PgConnection, new: &NewProposal<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into proposals (id, subject, change, accepted, note, secret, proposed_by, proposed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (subject) do update
        set id = excluded.id,
            change = excluded.change,
            accepted = excluded.accepted,
            note = excluded.note,
            secret = excluded.secret,
            proposed_by = excluded.proposed_by,
            proposed_at = excluded.proposed_at
        "#,
        new.id.0,
        new.change.subject(),
        kept::write(new.change)?,
        kept::write_all(new.accepted)?,
        new.note,
        new.secret,
        new.by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// All that stand, the oldest first, at most 100.
pub async fn all(connection: &mut PgConnection) -> Result<Vec<Proposal>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select c.id,
            c.change,
            c.note,
            c.proposed_by,
            c.proposed_at,
            p.name,
            c.secret,
            w.name as "whom?",
            q.name as "queue?"
        from proposals c
        join people p on p.id = c.proposed_by
        left join people w on w.id = (c.change ->> 'person')::uuid
        left join queues q on q.slug = c.change ->> 'queue'
        order by c.proposed_at
        limit 100
        "#
    );
    rows.fetch_all(connection).await?.into_iter().map(Row::read).collect()
}

pub async fn find_for_update(connection: &mut PgConnection, id: ProposalId) -> Result<Option<Proposal>> {
    let row = sqlx::query_as!(
        Row,
        r#"
        select c.id,
            c.change,
            c.note,
            c.proposed_by,
            c.proposed_at,
            p.name,
            c.secret,
            w.name as "whom?",
            q.name as "queue?"
        from proposals c
        join people p on p.id = c.proposed_by
        left join people w on w.id = (c.change ->> 'person')::uuid
        left join queues q on q.slug = c.change ->> 'queue'
        where c.id = $1
        for update of c
        "#,
        id.0,
    );
    row.fetch_optional(connection).await?.map(Row::read).transpose()
}

pub async fn remove(connection: &mut PgConnection, id: ProposalId) -> Result<()> {
    sqlx::query!("delete from proposals where id = $1", id.0).execute(connection).await?;
    Ok(())
}

/// What was proposed of a person: a role, a password, a place in a queue.
pub async fn remove_of(connection: &mut PgConnection, person: PersonId) -> Result<()> {
    sqlx::query!("delete from proposals where (change ->> 'person')::uuid = $1", person.0).execute(connection).await?;
    Ok(())
}

/// What was proposed of a subject is void once the subject has changed.
pub async fn remove_about(connection: &mut PgConnection, subject: &str) -> Result<()> {
    sqlx::query!("delete from proposals where subject = $1", subject).execute(connection).await?;
    Ok(())
}
