use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{
    authoring::draft::{DraftSeen, Stamp},
    facts::BrandFacts,
    id::{AgentId, DraftId, PersonId, ReplicaId, RequestId, RunId},
    permission::Recorded,
    view::{
        PersonLink,
        impact::{ImpactRun, RunSource, RunState},
    },
};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::requests::money;
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
        // One of an older Reins may look otherwise.
        summary: row.summary.and_then(|summary| serde_json::from_value(summary).ok()),
    }))
}

/// The requests that a run judges: those of an agent between two times.
#[derive(Clone, Copy)]
pub struct Span {
    pub agent: AgentId,
    pub since: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// A request of the past, before it is judged again.
pub struct PastRequest {
    pub id: RequestId,
    pub at: DateTime<Utc>,
    /// In the brand's time zone.
    pub day: NaiveDate,
    pub permission_version: Option<i32>,
    /// Whether a stop or a circuit breaker answered it.
    pub is_stopped: bool,
    /// As JSON; `None` where it was erased.
    pub body: Option<String>,
    /// As the brand says now.
    pub brand: Option<BrandFacts>,
}

pub async fn count(pool: &PgPool, span: Span) -> Result<u32> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "n!" from requests where agent_id = $1 and asked_at > $2 and asked_at <= $3"#,
        span.agent.0,
        span.since,
        span.until,
    );
    Ok(u32::try_from(count.fetch_one(pool).await?).unwrap_or(u32::MAX))
}

/// At most `most` requests in the order of their times, those after `after`.
pub async fn batch(
    pool: &PgPool,
    span: Span,
    after: Option<(DateTime<Utc>, RequestId)>,
    most: i64,
) -> Result<Vec<PastRequest>> {
    let (at, id) = after.map_or((span.since, Uuid::max()), |(at, id)| (at, id.0));
    let rows = sqlx::query!(
        r#"
        select r.id,
            r.asked_at,
            (r.asked_at at time zone h.time_zone)::date as "day!",
            r.permission_version,
            r.decision in ('stopped', 'paused') as "is_stopped!",
            case when b.body is not null then coalesce((b.body::json -> 'ask')::text, 'null') end as "body?",
            c.id is not null as "is_known!",
            c.orders as "orders?",
            c.lifetime_minor as "lifetime_minor?",
            c.currency as "currency?",
            c.open_complaints as "open_complaints?"
        from (
            select id, asked_at, permission_version, decision, body_entry, customer_id
            from requests
            where agent_id = $1 and (asked_at, id) > ($2, $3) and asked_at <= $4
            order by asked_at, id
            limit $5
        ) r
        cross join control h
        left join personal b on b.entry_id = r.body_entry
        left join customers c on c.id = r.customer_id
        order by r.asked_at, r.id
        "#,
        span.agent.0,
        at,
        id,
        span.until,
        most,
    );
    let rows = rows.fetch_all(pool).await?;
    let read = rows.into_iter().map(|row| {
        let brand = BrandFacts {
            orders: row.orders.and_then(|n| u32::try_from(n).ok()),
            lifetime_value: money(row.lifetime_minor, row.currency)?,
            open_complaints: row.open_complaints.and_then(|n| u32::try_from(n).ok()),
        };
        Ok(PastRequest {
            id: RequestId(row.id),
            at: row.asked_at,
            day: row.day,
            is_stopped: row.is_stopped,
            permission_version: row.permission_version,
            body: row.body,
            brand: row.is_known.then_some(brand),
        })
    });
    read.collect()
}

/// What people have changed since: the bodies as they were asked.
pub async fn originals(pool: &PgPool, span: Span) -> Result<HashMap<RequestId, Option<String>>> {
    let rows = sqlx::query!(
        r#"
        select a.request_id as "request!",
            case when b.body is not null then coalesce((b.body::json -> 'ask')::text, 'null') end as "body?"
        from (
            select distinct request_id
            from entries
            where kind = 'changed' and agent_id = $1 and at > $2
        ) c
        join entries a on a.request_id = c.request_id and a.kind = 'asked'
        left join personal b on b.entry_id = a.id
        "#,
        span.agent.0,
        span.since,
    );
    let rows = rows.fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (RequestId(row.request), row.body)).collect())
}

/// Since when, and until when, a customer had a complaint that nobody had resolved.
pub type Complaint = (DateTime<Utc>, Option<DateTime<Utc>>);

pub async fn complaints(pool: &PgPool, span: Span) -> Result<HashMap<String, Vec<Complaint>>> {
    let rows = sqlx::query!(
        r#"
        select customer_id as "customer!",
            at,
            resolved_at
        from feedback
        where kind = 'complaint' and customer_id is not null and (resolved_at is null or resolved_at > $1) and at <= $2
        "#,
        span.since,
        span.until,
    );
    let mut complaints: HashMap<String, Vec<Complaint>> = HashMap::new();
    for row in rows.fetch_all(pool).await? {
        complaints.entry(row.customer).or_default().push((row.at, row.resolved_at));
    }
    Ok(complaints)
}

/// When each kind of request, by action and template, first succeeded.
pub async fn first_successes(pool: &PgPool, span: Span) -> Result<HashMap<(String, String), DateTime<Utc>>> {
    let rows = sqlx::query!(
        r#"
        select action,
            template as "template!",
            min(changed_at) as "at!"
        from requests
        where agent_id = $1 and state = 'succeeded' and template is not null
        group by action, template
        "#,
        span.agent.0,
    );
    let rows = rows.fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| ((row.action, row.template), row.at)).collect())
}

/// What each version of an agent's permissions had recorded.
pub async fn recorded(pool: &PgPool, agent: AgentId) -> Result<HashMap<i32, Recorded>> {
    let rows = sqlx::query!(
        r#"
        select version,
            body #> '{audit_logging,record}' as record
        from permission_sets
        where agent_id = $1
        "#,
        agent.0,
    );
    let mut recorded = HashMap::new();
    for row in rows.fetch_all(pool).await? {
        let record = row.record.map(serde_json::from_value).transpose()?.unwrap_or_default();
        recorded.insert(row.version, record);
    }
    Ok(recorded)
}

/// What the brand says now of these customers.
pub async fn brand(pool: &PgPool, customers: &[String]) -> Result<HashMap<String, BrandFacts>> {
    let rows = sqlx::query!(
        "select id, orders, lifetime_minor, currency, open_complaints from customers where id = any ($1)",
        customers,
    );
    let rows = rows.fetch_all(pool).await?;
    let read = rows.into_iter().map(|row| {
        let facts = BrandFacts {
            orders: row.orders.and_then(|n| u32::try_from(n).ok()),
            lifetime_value: money(row.lifetime_minor, row.currency)?,
            open_complaints: row.open_complaints.and_then(|n| u32::try_from(n).ok()),
        };
        Ok((row.id, facts))
    });
    read.collect()
}

/// The days of these times in the brand's time zone.
pub async fn days(pool: &PgPool, times: &[DateTime<Utc>]) -> Result<Vec<NaiveDate>> {
    let days = sqlx::query_scalar!(
        r#"
        select (t.at at time zone h.time_zone)::date as "day!"
        from control h
        cross join unnest($1::timestamptz[]) with ordinality as t (at, place)
        order by t.place
        "#,
        times,
    );
    Ok(days.fetch_all(pool).await?)
}
