use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, PersonId, StopId},
    view::{Addition, PastStop, ReleaseView, StopView},
};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::entries::link;
use crate::{error::Result, id};

/// The name of sessions that stop.
pub const SESSION: &str = "reins stop";

/// Stops a page.
const PAGE: i64 = 20;

struct Row {
    id: Uuid,
    engaged_at: DateTime<Utc>,
    reason: String,
    repeated: i32,
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

/// `None` is the command line.
fn name(person: Option<String>) -> String {
    person.unwrap_or_else(|| "the command line".to_owned())
}

impl Row {
    fn read(self) -> PastStop {
        PastStop {
            stop: StopView {
                id: StopId(self.id),
                agent: link(self.agent_id, self.slug, self.name),
                by: name(self.by),
                at: self.engaged_at,
                said: i64::from(!self.reason.is_empty()) + i64::from(self.repeated),
                reason: self.reason,
                added: Vec::new(),
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
pub async fn all_holding(connection: &mut PgConnection) -> Result<Vec<StopView>> {
    let mut stops = read(connection, Which::Holding).await?;
    stops.sort_by_key(|past| (past.stop.agent.is_some(), past.stop.at));
    add_additions(connection, &mut stops).await?;
    Ok(stops.into_iter().map(|past| past.stop).collect())
}

/// The stop, without what was added to it, and the time.
pub async fn find(connection: &mut PgConnection, id: StopId) -> Result<Option<(PastStop, DateTime<Utc>)>> {
    let Some(stop) = read(connection, Which::One(id)).await?.pop() else { return Ok(None) };
    let now = super::control::head(connection).await?.now;
    Ok(Some((stop, now)))
}

/// The stops before this one, or from the newest on; and where the next page starts.
pub async fn page(connection: &mut PgConnection, before: Option<StopId>) -> Result<(Vec<PastStop>, Option<StopId>)> {
    let mut stops = read(connection, Which::Before(before)).await?;
    let more = stops.len() > PAGE as usize;
    stops.truncate(PAGE as usize);
    add_additions(connection, &mut stops).await?;
    let next = stops.last().filter(|_| more).map(|past| past.stop.id);
    Ok((stops, next))
}

enum Which {
    Holding,
    One(StopId),
    /// One more than a page, from the newest on.
    Before(Option<StopId>),
}

/// Stops, the newest first, without what was added to them.
///
/// Somebody else has pressed since where they added to it, or where a later stop of theirs holds some of the same agents.
async fn read(connection: &mut PgConnection, which: Which) -> Result<Vec<PastStop>> {
    let (one, before) = match which {
        Which::Holding => (None, None),
        Which::One(id) => (Some(id.0), None),
        Which::Before(before) => (None, before.map(|id| id.0)),
    };
    let rows = sqlx::query_as!(
        Row,
        r#"
        select s.id,
            s.engaged_at,
            s.reason,
            s.repeated,
            s.engaged_by,
            p.name as "by?",
            not exists (
                select from stop_additions t
                where t.stop_id = s.id and t.added_by is distinct from s.engaged_by
            ) and not exists (
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
        from (
            select id from stops where $1 and released_at is null
            union all
            select id from stops where id = $2
            union all
            (
                select id
                from stops
                where $3 and ($4::uuid is null or (engaged_at, id) < (select b.engaged_at, b.id from stops b where b.id = $4))
                order by engaged_at desc, id desc
                limit $5
            )
        ) w
        join stops s on s.id = w.id
        left join people p on p.id = s.engaged_by
        left join people r on r.id = s.released_by
        left join agents a on a.id = s.agent_id
        order by s.engaged_at desc, s.id desc
        "#,
        matches!(which, Which::Holding),
        one,
        matches!(which, Which::Before(_)),
        before,
        PAGE + 1,
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Row::read).collect())
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
        _ => Err(crate::error::Conflict::ChangedMeanwhile.into()),
    }
}

/// What was added to these stops, the newest 20 of each, the oldest of them first; and how much was.
async fn add_additions(connection: &mut PgConnection, stops: &mut [PastStop]) -> Result<()> {
    if stops.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query!(
        r#"
        select t.stop_id,
            t.at,
            t.reason,
            t.total as "total!",
            p.name as "by?"
        from unnest($1::uuid[]) as s (id)
        cross join lateral (
            select stop_id, id, added_by, at, reason, count(*) over () as total
            from stop_additions
            where stop_id = s.id
            order by at desc, id desc
            limit 20
        ) t
        left join people p on p.id = t.added_by
        order by t.at, t.id
        "#,
        &stops.iter().map(|past| past.stop.id.0).collect::<Vec<_>>(),
    );
    for row in rows.fetch_all(connection).await? {
        if let Some(past) = stops.iter_mut().find(|past| past.stop.id.0 == row.stop_id) {
            if past.stop.added.is_empty() {
                past.stop.said += row.total;
            }
            past.stop.added.push(Addition { by: name(row.by), at: row.at, reason: row.reason });
        }
    }
    Ok(())
}

/// Whoever pressed says why, who had not; `false` where it is somebody else, or they had.
pub async fn explain(connection: &mut PgConnection, id: StopId, by: Option<PersonId>, reason: &str) -> Result<bool> {
    let explained = sqlx::query!(
        r#"
        update stops
        set reason = $3
        where id = $1 and engaged_by is not distinct from $2 and reason = '' and $3 <> ''
        "#,
        id.0,
        by.map(|id| id.0),
        reason,
    );
    Ok(explained.execute(connection).await?.rows_affected() == 1)
}

/// Adds who else pressed, or said why. `None` where that stands there already; otherwise whether it is not who pressed first.
pub async fn add(
    connection: &mut PgConnection,
    id: StopId,
    by: Option<PersonId>,
    now: DateTime<Utc>,
    reason: &str,
) -> Result<Option<bool>> {
    let added = sqlx::query_scalar!(
        r#"
        with added as (
            insert into stop_additions (id, stop_id, added_by, at, reason)
            select $1, s.id, $3, $4, $5
            from stops s
            where s.id = $2 and (s.engaged_by is distinct from $3 or $5 <> '' and s.reason <> $5)
                and not exists (
                    select from stop_additions t
                    where t.stop_id = s.id and t.added_by is not distinct from $3 and (t.reason = $5 or $5 = '')
                )
            returning stop_id, added_by
        )
        select s.engaged_by is distinct from added.added_by as "others!"
        from added
        join stops s on s.id = added.stop_id
        "#,
        id::next(),
        id.0,
        by.map(|id| id.0),
        now,
        reason,
    );
    Ok(added.fetch_optional(connection).await?)
}

/// Somebody pressed again who had nothing to add.
pub async fn repeat(connection: &mut PgConnection, id: StopId) -> Result<()> {
    sqlx::query!("update stops set repeated = repeated + 1 where id = $1", id.0).execute(connection).await?;
    Ok(())
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
