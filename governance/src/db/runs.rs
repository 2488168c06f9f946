//! Runs that work out what a draft would have changed, a row each.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    authoring::draft::{DraftSeen, Stamp},
    id::{AgentId, DraftId, PersonId, ReplicaId, RunId},
    kept,
    view::{
        PersonLink,
        impact::{ImpactRun, RunSource, RunState},
    },
};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};

use crate::error::{Result, corrupt};

/// A run that shows no sign for this long has gone down with its server.
const LOST: TimeDelta = TimeDelta::seconds(15);

/// How often a run is begun: one that takes its server down must not take every other down as well.
const MOST_TRIES: i32 = 3;

pub struct NewRun {
    pub id: RunId,
    pub agent: AgentId,
    pub draft: DraftSeen,
    pub source: RunSource,
    pub by: PersonId,
    pub replica: ReplicaId,
}

/// `false`: another one runs. Forgets those that ended.
pub async fn start(connection: &mut PgConnection, new: &NewRun, now: DateTime<Utc>) -> Result<bool> {
    sqlx::query!("delete from impact_runs where agent_id = $1 and state <> 'running'", new.agent.0)
        .execute(&mut *connection)
        .await?;
    let done = sqlx::query!(
        r#"
        insert into impact_runs (id, agent_id, draft_id, draft_revision, source, started_by, started_at, state, seen_at, run_by)
        values ($1, $2, $3, $4, $5, $6, $7, 'running', $7, $8)
        on conflict (agent_id) where state = 'running' do nothing
        "#,
        new.id.0,
        new.agent.0,
        new.draft.draft.0,
        new.draft.revision,
        new.source.name(),
        new.by.0,
        now,
        new.replica.0,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Ends what went down with its server and cannot be taken up again: lines that somebody gave are gone with it.
pub async fn end_lost(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        update impact_runs
        set state = 'broken_off'
        where state = 'running' and (seen_at < $1 or seen_at > $2) and (source = 'file' or tries >= $3)
        "#,
        now - LOST,
        now + LOST,
        MOST_TRIES,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A run that went down with its server.
pub struct Lost {
    pub id: RunId,
    pub agent: AgentId,
    pub draft: DraftSeen,
    pub started_at: DateTime<Utc>,
}

/// Makes some of those one's own, to be begun anew.
pub async fn take_lost(connection: &mut PgConnection, me: ReplicaId, now: DateTime<Utc>) -> Result<Vec<Lost>> {
    let rows = sqlx::query!(
        r#"
        with lost as (
            select id
            from impact_runs
            where state = 'running' and (seen_at < $1 or seen_at > $2) and source = 'record' and tries < $3
            limit 10
            for update skip locked
        )
        update impact_runs r
        set run_by = $4,
            seen_at = $5,
            tries = tries + 1,
            judged = 0
        from lost
        where r.id = lost.id
        returning r.id, r.agent_id, r.draft_id, r.draft_revision, r.started_at
        "#,
        now - LOST,
        now + LOST,
        MOST_TRIES,
        me.0,
        now,
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| Lost {
        id: RunId(row.id),
        agent: AgentId(row.agent_id),
        draft: DraftSeen { draft: DraftId(row.draft_id), revision: row.draft_revision },
        started_at: row.started_at,
    });
    Ok(read.collect())
}

/// Lets others take up at once what this replica works on.
pub async fn let_go(connection: &mut PgConnection, me: ReplicaId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update impact_runs set run_by = null, seen_at = $2 where run_by = $1 and state = 'running'",
        me.0,
        now - LOST * 2,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Says how far a run has come; `false`: it is to end, or another replica's by now.
pub async fn advance(
    connection: &mut PgConnection,
    id: RunId,
    me: ReplicaId,
    judged: u32,
    total: Option<u32>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        update impact_runs
        set judged = $3,
            total = coalesce($4, total),
            seen_at = $5
        where id = $1 and run_by = $2 and state = 'running'
        "#,
        id.0,
        me.0,
        i32::try_from(judged).unwrap_or(i32::MAX),
        total.map(|n| i32::try_from(n).unwrap_or(i32::MAX)),
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Ends a run, while it is this replica's.
pub async fn end(
    pool: &PgPool,
    id: RunId,
    me: ReplicaId,
    state: RunState,
    judged: u32,
    summary: Option<Value>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update impact_runs
        set state = $3,
            judged = $4,
            summary = $5
        where id = $1 and run_by = $2 and state = 'running'
        "#,
        id.0,
        me.0,
        state.name(),
        i32::try_from(judged).unwrap_or(i32::MAX),
        summary,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Ends what runs for this agent; `true` where something did.
pub async fn cancel(connection: &mut PgConnection, agent: AgentId) -> Result<bool> {
    let done =
        sqlx::query!("update impact_runs set state = 'cancelled' where agent_id = $1 and state = 'running'", agent.0);
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

/// Ends what runs for this draft, which is another one by now.
pub async fn cancel_of(connection: &mut PgConnection, draft: DraftId) -> Result<()> {
    sqlx::query!("update impact_runs set state = 'cancelled' where draft_id = $1 and state = 'running'", draft.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets what was worked out for this draft, which is none any more, and ends what runs for it.
pub async fn forget_of(connection: &mut PgConnection, draft: DraftId) -> Result<()> {
    sqlx::query!("delete from impact_runs where draft_id = $1", draft.0).execute(connection).await?;
    Ok(())
}

/// The last run of an agent.
pub async fn last(connection: &mut PgConnection, agent: AgentId) -> Result<Option<ImpactRun>> {
    let row = sqlx::query!(
        r#"
        select r.id,
            r.draft_id,
            r.draft_revision,
            r.source,
            r.started_by,
            p.name as starter,
            r.started_at,
            r.state,
            r.judged,
            r.total,
            r.summary,
            exists (
                select from drafts d
                where d.id = r.draft_id and d.revision = r.draft_revision and d.discarded_at is null
            ) as "is_of_draft!"
        from impact_runs r
        join people p on p.id = r.started_by
        where r.agent_id = $1
        order by r.started_at desc
        limit 1
        "#,
        agent.0,
    );
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(None) };
    Ok(Some(ImpactRun {
        id: RunId(row.id),
        draft: DraftSeen { draft: DraftId(row.draft_id), revision: row.draft_revision },
        is_of_draft: row.is_of_draft,
        source: RunSource::parse(&row.source).ok_or_else(|| corrupt("impact_runs.source"))?,
        started: Stamp { by: PersonLink { id: PersonId(row.started_by), name: row.starter }, at: row.started_at },
        state: RunState::parse(&row.state).ok_or_else(|| corrupt("impact_runs.state"))?,
        judged: u32::try_from(row.judged).unwrap_or_default(),
        total: row.total.and_then(|n| u32::try_from(n).ok()),
        // What another version has worked out may look otherwise.
        summary: row.summary.and_then(|summary| kept::read(summary).ok()),
    }))
}
