use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, PersonId, StopId},
    view::{PastStop, ReleaseView, StopView},
};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::entries::link;
use crate::error::Result;

/// The name of sessions that stop.
pub const SESSION: &str = "reins stop";

/// Stops a page.
const PAGE: i64 = 20;

struct Row {
    id: Uuid,
    engaged_at: DateTime<Utc>,
    reason: String,
    engaged_by: Option<Uuid>,
    by: Option<String>,
    alone: bool,
    agent_id: Option<Uuid>,
    slug: Option<String>,
    name: Option<String>,
    released_at: Option<DateTime<Utc>>,
    release_reason: Option<String>,
    released_by: Option<String>,
}

impl Row {
    fn read(self) -> PastStop {
        let name = |name: Option<String>| name.unwrap_or_else(|| "the command line".to_owned());
        PastStop {
            stop: StopView {
                id: StopId(self.id),
                agent: link(self.agent_id, self.slug, self.name),
                by: name(self.by),
                at: self.engaged_at,
                reason: self.reason,
                taken_back_by: self.engaged_by.filter(|_| self.alone).map(PersonId),
            },
            release: self.released_at.map(|at| ReleaseView {
                by: name(self.released_by),
                at,
                reason: self.release_reason.unwrap_or_default(),
            }),
        }
    }
}

/// The stop of this agent, or of everything, that holds now.
pub async fn holding(connection: &mut PgConnection, agent: Option<AgentId>) -> Result<Option<StopView>> {
    let all = all_holding(connection).await?;
    Ok(all.into_iter().find(|stop| stop.agent.as_ref().map(|a| a.id) == agent))
}

/// Every stop that holds; one an agent at the most, and before them one of everything.
///
/// Somebody else has pressed since where they joined it, or where a later stop of theirs holds some of the same agents.
pub async fn all_holding(connection: &mut PgConnection) -> Result<Vec<StopView>> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select s.id,
            s.engaged_at,
            s.reason,
            s.engaged_by,
            p.name as "by?",
            s.joined_at is null and not exists (
                select from stops o
                where o.engaged_at >= s.engaged_at and o.engaged_by is distinct from s.engaged_by
                    and (o.agent_id is null or s.agent_id is null or o.agent_id = s.agent_id)
            ) as "alone!",
            a.id as "agent_id?",
            a.slug as "slug?",
            a.name as "name?",
            s.released_at,
            s.release_reason,
            null as "released_by?: String"
        from stops s
        left join people p on p.id = s.engaged_by
        left join agents a on a.id = s.agent_id
        where s.released_at is null
        order by s.agent_id is not null, s.engaged_at
        "#
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| row.read().stop).collect())
}

/// The stop and the time.
pub async fn find(connection: &mut PgConnection, id: StopId) -> Result<Option<(PastStop, DateTime<Utc>)>> {
    let row = sqlx::query_as!(
        Row,
        r#"
        select s.id,
            s.engaged_at,
            s.reason,
            s.engaged_by,
            p.name as "by?",
            s.joined_at is null and not exists (
                select from stops o
                where o.engaged_at >= s.engaged_at and o.engaged_by is distinct from s.engaged_by
                    and (o.agent_id is null or s.agent_id is null or o.agent_id = s.agent_id)
            ) as "alone!",
            a.id as "agent_id?",
            a.slug as "slug?",
            a.name as "name?",
            s.released_at,
            s.release_reason,
            r.name as "released_by?"
        from stops s
        left join people p on p.id = s.engaged_by
        left join people r on r.id = s.released_by
        left join agents a on a.id = s.agent_id
        where s.id = $1
        "#,
        id.0,
    );
    let Some(row) = row.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let now = super::control::head(connection).await?.now;
    Ok(Some((row.read(), now)))
}

/// The stops before this one, or from the newest on; and where the next page starts.
pub async fn page(connection: &mut PgConnection, before: Option<StopId>) -> Result<(Vec<PastStop>, Option<StopId>)> {
    let rows = sqlx::query_as!(
        Row,
        r#"
        select s.id,
            s.engaged_at,
            s.reason,
            s.engaged_by,
            p.name as "by?",
            false as "alone!",
            a.id as "agent_id?",
            a.slug as "slug?",
            a.name as "name?",
            s.released_at,
            s.release_reason,
            r.name as "released_by?"
        from stops s
        left join people p on p.id = s.engaged_by
        left join people r on r.id = s.released_by
        left join agents a on a.id = s.agent_id
        where $1::uuid is null or (s.engaged_at, s.id) < (select b.engaged_at, b.id from stops b where b.id = $1)
        order by s.engaged_at desc, s.id desc
        limit $2
        "#,
        before.map(|id| id.0),
        PAGE + 1,
    );
    let mut stops: Vec<PastStop> = rows.fetch_all(connection).await?.into_iter().map(Row::read).collect();
    let more = stops.len() > PAGE as usize;
    stops.truncate(PAGE as usize);
    let next = stops.last().filter(|_| more).map(|past| past.stop.id);
    Ok((stops, next))
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

/// Remembers that somebody else has pressed, too; `false` where that was so already, or it was the same person.
pub async fn join(connection: &mut PgConnection, id: StopId, by: Option<PersonId>, now: DateTime<Utc>) -> Result<bool> {
    let joined = sqlx::query!(
        "update stops set joined_at = $3 where id = $1 and joined_at is null and engaged_by is distinct from $2",
        id.0,
        by.map(|id| id.0),
        now,
    );
    Ok(joined.execute(connection).await?.rows_affected() == 1)
}

pub async fn release(
    connection: &mut PgConnection,
    id: StopId,
    by: Option<PersonId>,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<()> {
    let released = sqlx::query!(
        r#"
        update stops
        set released_by = $2,
            released_at = $3,
            release_reason = $4
        where id = $1 and released_at is null
        "#,
        id.0,
        by.map(|id| id.0),
        now,
        reason,
    );
    match released.execute(connection).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(crate::Conflict::ChangedMeanwhile.into()),
    }
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
