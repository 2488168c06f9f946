use chrono::{DateTime, Utc};
use domain::{
    authoring::{
        draft::{Proposed, Stamp, VersionRow},
        statement::Statement,
    },
    id::{AgentId, PersonId},
    kept,
    permission::PermissionSet,
    sentence::Names,
    view::{AgentLink, PersonLink, PublishedView},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// Versions a page.
const PAGE: i64 = 50;

pub async fn published(connection: &mut PgConnection, id: AgentId) -> Result<Option<(i32, PermissionSet)>> {
    let row = sqlx::query!(
        r#"
        select p.version,
            p.body
        from agents a
        join permission_sets p on p.agent_id = a.id and p.version = a.permission_version
        where a.id = $1
        "#,
        id.0,
    );
    let row = row.fetch_optional(connection).await?;
    row.map(|row| Ok((row.version, kept::read(row.body)?))).transpose()
}

/// What is in force anywhere, with the name of its agent. A retired agent asks nothing any more.
pub async fn all_published(connection: &mut PgConnection) -> Result<Vec<(AgentLink, PermissionSet)>> {
    let rows = sqlx::query!(
        r#"
        select a.id,
            a.slug,
            a.name,
            p.body
        from agents a
        join permission_sets p on p.agent_id = a.id and p.version = a.permission_version
        where a.retired_at is null
        order by a.name, a.slug
        "#
    );
    let rows = rows.fetch_all(connection).await?;
    let link = |id, slug, name| AgentLink { id: AgentId(id), slug, name };
    rows.into_iter().map(|row| Ok((link(row.id, row.slug, row.name), kept::read(row.body)?))).collect()
}

pub async fn published_view(
    connection: &mut PgConnection,
    id: AgentId,
    names: &Names,
) -> Result<Option<PublishedView>> {
    let row = sqlx::query!(
        r#"
        select p.version,
            p.body,
            p.published_at,
            p.note,
            w.name as by
        from agents a
        join permission_sets p on p.agent_id = a.id and p.version = a.permission_version
        join people w on w.id = p.published_by
        where a.id = $1
        "#,
        id.0,
    );
    let row = row.fetch_optional(connection).await?;
    // What this version cannot read is not shown; the agent's page says so.
    Ok(row.and_then(|row| {
        let set = kept::read(row.body).ok()?;
        let sentences = domain::sentence::permission_set(&set, names);
        Some(PublishedView { version: row.version, sentences, by: row.by, at: row.published_at, note: row.note })
    }))
}

pub struct NewVersion<'a> {
    pub agent: AgentId,
    pub version: i32,
    pub permissions: &'a PermissionSet,
    pub by: PersonId,
    pub note: &'a str,
    /// The risks that were accepted with it.
    pub accepted: &'a [Statement],
    /// Who proposed it, and why.
    pub proposed: Option<(PersonId, &'a str)>,
}

pub async fn publish(connection: &mut PgConnection, new: &NewVersion<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        with published as (
            insert into permission_sets (agent_id, version, body, published_at, published_by, note, accepted, proposed_by, proposed_note)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $10)
        )
        update agents a
        set permission_version = $2,
            told_until = case
                when $9 = '[]'::jsonb then null
                when exists (
                    select from permission_sets p
                    where p.agent_id = a.id and p.version = a.permission_version and p.body #> '{audit_logging,mask}' @> $9
                ) then told_until
                else coalesce(permission_version, 0)
            end
        where a.id = $1
        "#,
        new.agent.0,
        new.version,
        kept::write(new.permissions)?,
        now,
        new.by.0,
        new.note,
        kept::write_all(new.accepted)?,
        new.proposed.map(|(by, _)| by.0),
        serde_json::to_value(&new.permissions.audit_logging.mask)?,
        new.proposed.map(|(_, note)| note),
    )
    .execute(connection)
    .await?;
    Ok(())
}

struct Row {
    version: i32,
    published_at: DateTime<Utc>,
    published_by: Uuid,
    publisher: String,
    note: String,
    accepted: Value,
    proposed_by: Option<Uuid>,
    proposed_note: Option<String>,
    proposer: Option<String>,
    in_force: bool,
}

impl Row {
    fn read(self) -> Result<VersionRow> {
        let link = |id: Uuid, name: String| PersonLink { id: PersonId(id), name };
        Ok(VersionRow {
            version: self.version,
            published: Stamp { by: link(self.published_by, self.publisher), at: self.published_at },
            note: self.note,
            accepted: kept::read_all(self.accepted)?,
            proposed: self
                .proposed_by
                .zip(self.proposer)
                .zip(self.proposed_note)
                .map(|((id, name), note)| Proposed { by: link(id, name), note }),
            in_force: self.in_force,
        })
    }
}

/// The newest first, at most `most`; those before `before`, where it is given.
async fn rows(
    connection: &mut PgConnection,
    agent: AgentId,
    before: Option<i32>,
    most: i64,
) -> Result<Vec<VersionRow>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select p.version,
            p.published_at,
            p.published_by,
            w.name as publisher,
            p.note,
            p.accepted,
            p.proposed_by,
            p.proposed_note,
            o.name as "proposer?",
            a.permission_version is not distinct from p.version as "in_force!"
        from permission_sets p
        join agents a on a.id = p.agent_id
        join people w on w.id = p.published_by
        left join people o on o.id = p.proposed_by
        where p.agent_id = $1 and ($2::integer is null or p.version < $2)
        order by p.version desc
        limit $3
        "#,
        agent.0,
        before,
        most,
    );
    rows.fetch_all(connection).await?.into_iter().map(Row::read).collect()
}

/// A page of versions, and before which the next one starts.
pub async fn page(
    connection: &mut PgConnection,
    agent: AgentId,
    before: Option<i32>,
) -> Result<(Vec<VersionRow>, Option<i32>)> {
    let mut rows = rows(connection, agent, before, PAGE + 1).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|row| row.version);
    Ok((rows, next))
}

pub async fn find(
    connection: &mut PgConnection,
    agent: AgentId,
    version: i32,
) -> Result<Option<(VersionRow, PermissionSet)>> {
    let Some(before) = version.checked_add(1) else { return Ok(None) };
    let row = rows(&mut *connection, agent, Some(before), 1).await?.into_iter().next();
    let Some(row) = row.filter(|row| row.version == version) else { return Ok(None) };
    let body =
        sqlx::query_scalar!("select body from permission_sets where agent_id = $1 and version = $2", agent.0, version,);
    Ok(Some((row, kept::read(body.fetch_one(connection).await?)?)))
}

/// The version that decisions are made by.
pub async fn in_force(connection: &mut PgConnection, agent: AgentId) -> Result<Option<(VersionRow, PermissionSet)>> {
    let version = sqlx::query_scalar!("select permission_version from agents where id = $1", agent.0);
    match version.fetch_one(&mut *connection).await? {
        Some(version) => find(connection, agent, version).await,
        None => Ok(None),
    }
}
