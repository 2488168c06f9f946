use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    agent_file::AgentHead,
    id::{AgentId, PersonId, TighteningId},
    view::{AgentLink, TighteningView},
};
use sqlx::PgConnection;

use crate::error::Result;

pub async fn by_slug(connection: &mut PgConnection, slug: &str) -> Result<Option<AgentLink>> {
    let row = sqlx::query!("select id, slug, name from agents where slug = $1", slug);
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| AgentLink { id: AgentId(row.id), slug: row.slug, name: row.name }))
}

/// What all agents but one are called.
pub async fn other_names(connection: &mut PgConnection, slug: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!("select name from agents where slug <> $1", slug).fetch_all(connection).await?)
}

pub async fn purpose(connection: &mut PgConnection, id: AgentId) -> Result<String> {
    Ok(sqlx::query_scalar!("select purpose from agents where id = $1", id.0).fetch_one(connection).await?)
}

pub async fn insert(connection: &mut PgConnection, id: AgentId, head: &AgentHead, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into agents (id, slug, name, purpose, created_at) values ($1, $2, $3, $4, $5)",
        id.0,
        head.slug,
        head.name,
        head.purpose,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn rename(connection: &mut PgConnection, id: AgentId, head: &AgentHead) -> Result<()> {
    sqlx::query!("update agents set name = $2, purpose = $3 where id = $1", id.0, head.name, head.purpose)
        .execute(connection)
        .await?;
    Ok(())
}

/// Renames the agent as it was seen; `false`: it is called or described otherwise by now.
pub async fn describe(connection: &mut PgConnection, seen: &AgentHead, name: &str, purpose: &str) -> Result<bool> {
    let done = sqlx::query!(
        "update agents set name = $2, purpose = $3 where slug = $1 and name = $4 and purpose = $5",
        seen.slug,
        name,
        purpose,
        seen.name,
        seen.purpose,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

pub struct NewTightening<'a> {
    pub id: TighteningId,
    pub agent: AgentId,
    pub actions: &'a BTreeSet<String>,
    pub reason: &'a str,
    pub until: Option<DateTime<Utc>>,
    pub by: PersonId,
}

pub async fn add_tightening(connection: &mut PgConnection, new: &NewTightening<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into tightenings (id, agent_id, actions, reason, until, added_by, added_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        "#,
        new.id.0,
        new.agent.0,
        &new.actions.iter().cloned().collect::<Vec<_>>(),
        new.reason,
        new.until,
        new.by.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn lift_tightening(
    connection: &mut PgConnection,
    id: TighteningId,
    by: PersonId,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<Option<AgentId>> {
    let agent = sqlx::query_scalar!(
        r#"
        update tightenings
        set lifted_by = $2,
            lifted_at = $3,
            lift_reason = $4
        where id = $1 and lifted_at is null
        returning agent_id
        "#,
        id.0,
        by.0,
        now,
        reason,
    );
    Ok(agent.fetch_optional(connection).await?.map(AgentId))
}

/// The tightenings of an agent that hold, the newest first.
pub async fn tightenings(connection: &mut PgConnection, agent: AgentId) -> Result<Vec<TighteningView>> {
    let rows = sqlx::query!(
        r#"
        select t.id,
            t.actions,
            t.reason,
            t.until,
            t.added_at,
            p.name as by
        from tightenings t
        join people p on p.id = t.added_by
        where t.agent_id = $1 and t.lifted_at is null and (t.until is null or t.until > told_now())
        order by t.added_at desc
        "#,
        agent.0,
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| TighteningView {
        id: TighteningId(row.id),
        actions: row.actions.into_iter().collect(),
        reason: row.reason,
        until: row.until,
        by: row.by,
        at: row.added_at,
    });
    Ok(read.collect())
}
