use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, PersonId, StopId},
    view::StopView,
};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::entries::link;
use crate::error::Result;

/// The name of sessions that stop.
pub const SESSION: &str = "reins stop";

/// The stop of this agent, or of everything, that holds now.
pub async fn holding(connection: &mut PgConnection, agent: Option<AgentId>) -> Result<Option<StopView>> {
    let all = all_holding(connection).await?;
    Ok(all.into_iter().find(|stop| stop.agent.as_ref().map(|a| a.id) == agent))
}

/// Every stop that holds; one an agent at the most, and one of everything.
pub async fn all_holding(connection: &mut PgConnection) -> Result<Vec<StopView>> {
    let rows = sqlx::query!(
        r#"
        select s.id,
            s.engaged_at,
            s.reason,
            p.name as "by?",
            a.id as "agent_id?",
            a.slug as "slug?",
            a.name as "name?"
        from stops s
        left join people p on p.id = s.engaged_by
        left join agents a on a.id = s.agent_id
        where s.released_at is null
        order by s.agent_id is not null, s.engaged_at
        "#
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| StopView {
        id: StopId(row.id),
        agent: link(row.agent_id, row.slug, row.name),
        by: row.by.unwrap_or_else(|| "the command line".to_owned()),
        at: row.engaged_at,
        reason: row.reason,
    });
    Ok(read.collect())
}

/// A stop that was recorded, whether it holds or not.
pub async fn find(connection: &mut PgConnection, id: StopId) -> Result<Option<StopView>> {
    let row = sqlx::query!(
        r#"
        select s.engaged_at,
            s.reason,
            p.name as "by?",
            a.id as "agent_id?",
            a.slug as "slug?",
            a.name as "name?"
        from stops s
        left join people p on p.id = s.engaged_by
        left join agents a on a.id = s.agent_id
        where s.id = $1
        "#,
        id.0,
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| StopView {
        id,
        agent: link(row.agent_id, row.slug, row.name),
        by: row.by.unwrap_or_else(|| "the command line".to_owned()),
        at: row.engaged_at,
        reason: row.reason,
    }))
}

pub async fn insert(connection: &mut PgConnection, stop: &StopView, by: Option<PersonId>) -> Result<()> {
    sqlx::query!(
        "insert into stops (id, agent_id, engaged_by, engaged_at, reason) values ($1, $2, $3, $4, $5)",
        stop.id.0,
        stop.agent.as_ref().map(|a| a.id.0),
        by.map(|id| id.0),
        stop.at,
        stop.reason,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Approvals from before the stop no longer count: one row says so, not ten thousand.
pub async fn raise_epoch(connection: &mut PgConnection, agent: Option<AgentId>) -> Result<()> {
    match agent {
        None => sqlx::query!("update control set stop_epoch = stop_epoch + 1").execute(connection).await?,
        Some(agent) => {
            sqlx::query!("update agents set stop_epoch = stop_epoch + 1 where id = $1", agent.0)
                .execute(connection)
                .await?
        }
    };
    Ok(())
}

pub async fn release(
    connection: &mut PgConnection,
    agent: Option<AgentId>,
    by: Option<PersonId>,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<Option<StopId>> {
    let id = sqlx::query_scalar!(
        r#"
        update stops
        set released_by = $2,
            released_at = $3,
            release_reason = $4
        where released_at is null and agent_id is not distinct from $1
        returning id
        "#,
        agent.map(|id| id.0),
        by.map(|id| id.0),
        now,
        reason,
    );
    Ok(id.fetch_optional(connection).await?.map(StopId))
}

/// `None` when there is no such stop; otherwise its agent, if it has one.
pub async fn explain(connection: &mut PgConnection, id: StopId, reason: &str) -> Result<Option<Option<AgentId>>> {
    let agent: Option<Option<Uuid>> = sqlx::query_scalar!(
        "update stops set reason = $2 where id = $1 and reason = '' and released_at is null returning agent_id",
        id.0,
        reason,
    )
    .fetch_optional(connection)
    .await?;
    Ok(agent.map(|id| id.map(AgentId)))
}

pub async fn own_session(connection: &mut PgConnection) -> Result<i32> {
    Ok(sqlx::query_scalar!(r#"select pg_backend_pid() as "pid!""#).fetch_one(connection).await?)
}

/// Ends the sessions that `waiting` waits for; gives how many. Other stops are spared, and what is not Reins'.
pub async fn end_blockers(pool: &PgPool, waiting: i32) -> Result<i64> {
    let ended = sqlx::query_scalar!(
        r#"
        select count(*) filter (where pg_terminate_backend(s.pid)) as "ended!"
        from unnest(pg_blocking_pids($1)) as blocking (pid)
        join pg_stat_activity s on s.pid = blocking.pid
        where s.usename = current_user and s.application_name <> $2
        "#,
        waiting,
        SESSION,
    );
    Ok(ended.fetch_one(pool).await?)
}
