use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, EntryId, PersonId, RequestId},
    state::Outcome,
    view::{AgentLink, BreachView, MOST_COUNTED, SHOWN},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    error::{Result, corrupt},
    reports::{Cost, Feedback},
};

pub async fn set(connection: &mut PgConnection, id: RequestId, outcome: &Value, cost: Option<Cost>) -> Result<()> {
    sqlx::query!(
        r#"
        update requests
        set outcome = $2,
            cost_micros = coalesce($3, cost_micros),
            cost_currency = coalesce($4, cost_currency)
        where id = $1
        "#,
        id.0,
        outcome,
        cost.map(|cost| cost.micros),
        cost.as_ref().map(|cost| cost.currency.code()),
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn add_breach(
    connection: &mut PgConnection,
    entry: EntryId,
    (request, agent): (RequestId, AgentId),
    at: DateTime<Utc>,
    (outcome, granted): (Outcome, bool),
) -> Result<()> {
    sqlx::query!(
        "insert into breaches (entry_id, request_id, agent_id, at, outcome, granted) values ($1, $2, $3, $4, $5, $6)",
        entry.0,
        request.0,
        agent.0,
        at,
        outcome.name(),
        granted,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How many breaches of an agent nobody has looked at, and of how many of its requests nobody knows the outcome.
pub struct Open {
    pub agent: AgentLink,
    pub breaches: (u32, DateTime<Utc>),
    pub unknown: (u32, DateTime<Utc>),
}

/// Agents of which something lies open, by name; counted up to `MOST_COUNTED` each, with when the last of those came.
pub async fn open(connection: &mut PgConnection) -> Result<Vec<Open>> {
    let rows = sqlx::query!(
        r#"
        select a.id,
            a.slug,
            a.name,
            b.count as "breaches!",
            coalesce(b.until, told_now()) as "last_breach!",
            u.count as "unknown!",
            coalesce(u.until, told_now()) as "last_unknown!"
        from agents a
        cross join lateral (
            select count(*), max(at) as until from (
                select at from breaches where agent_id = a.id and settled_at is null order by at limit $1
            ) counted
        ) b
        cross join lateral (
            select count(*), max(changed_at) as until from (
                select changed_at from requests where agent_id = a.id and state = 'unknown' order by changed_at limit $1
            ) counted
        ) u
        where b.count + u.count > 0
        order by a.name, a.id
        "#,
        i64::from(MOST_COUNTED),
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    let number = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let read = rows.map(|row| Open {
        agent: AgentLink { id: AgentId(row.id), slug: row.slug, name: row.name },
        breaches: (number(row.breaches), row.last_breach),
        unknown: (number(row.unknown), row.last_unknown),
    });
    Ok(read.collect())
}

/// The oldest breaches of each agent that nobody has looked at, at most `SHOWN` of one.
pub async fn open_breaches(connection: &mut PgConnection) -> Result<Vec<BreachView>> {
    let rows = sqlx::query!(
        r#"
        select b.entry_id,
            b.request_id,
            b.outcome,
            b.granted,
            b.at,
            shown(r.agent_id, r.permission_version, r.action, r.sentence) as "sentence!",
            a.id as agent_id,
            a.slug,
            a.name
        from agents a
        cross join lateral (
            select entry_id, request_id, outcome, granted, at
            from breaches
            where agent_id = a.id and settled_at is null
            order by at
            limit $1
        ) b
        join requests r on r.id = b.request_id
        order by b.at
        "#,
        i64::from(SHOWN),
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| {
        Ok(BreachView {
            entry: EntryId(row.entry_id),
            request: RequestId(row.request_id),
            agent: AgentLink { id: AgentId(row.agent_id), slug: row.slug, name: row.name },
            sentence: row.sentence,
            outcome: Outcome::parse(&row.outcome).ok_or_else(|| corrupt("breaches.outcome"))?,
            granted: row.granted,
            at: row.at,
        })
    });
    read.collect()
}

/// Settles the oldest `count` breaches of an agent up to a moment; gives those that were open.
pub async fn settle_breaches(
    connection: &mut PgConnection,
    agent: AgentId,
    (until, count): (DateTime<Utc>, u32),
    by: PersonId,
    now: DateTime<Utc>,
    note: &str,
) -> Result<Vec<(EntryId, RequestId)>> {
    let rows = sqlx::query!(
        r#"
        with oldest as (
            select entry_id
            from breaches
            where agent_id = $1 and settled_at is null and at <= $2
            order by at
            limit $3
            for update
        )
        update breaches
        set settled_by = $4,
            settled_at = $5,
            settled_note = $6
        where entry_id in (select entry_id from oldest)
        returning entry_id, request_id
        "#,
        agent.0,
        until,
        i64::from(count),
        by.0,
        now,
        note,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    Ok(rows.map(|row| (EntryId(row.entry_id), RequestId(row.request_id))).collect())
}

pub async fn settle_breach(
    connection: &mut PgConnection,
    entry: EntryId,
    by: PersonId,
    now: DateTime<Utc>,
    note: &str,
) -> Result<Option<(AgentId, RequestId)>> {
    let row = sqlx::query!(
        r#"
        update breaches
        set settled_by = $2,
            settled_at = $3,
            settled_note = $4
        where entry_id = $1 and settled_at is null
        returning agent_id, request_id
        "#,
        entry.0,
        by.0,
        now,
        note,
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (AgentId(row.agent_id), RequestId(row.request_id))))
}

pub async fn has_open_complaint(connection: &mut PgConnection, request: RequestId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select exists (
            select from feedback where request_id = $1 and kind = 'complaint' and resolved_at is null
        ) as "found!"
        "#,
        request.0,
    );
    Ok(found.fetch_one(connection).await?)
}

/// Resolves the complaints about a request; `None` when none is open, or else whose agent it is.
pub async fn resolve_complaints(
    connection: &mut PgConnection,
    request: RequestId,
    now: DateTime<Utc>,
) -> Result<Option<AgentId>> {
    let agents = sqlx::query_scalar!(
        r#"
        update feedback set resolved_at = $2
        where request_id = $1 and kind = 'complaint' and resolved_at is null
        returning agent_id
        "#,
        request.0,
        now,
    );
    Ok(agents.fetch_all(connection).await?.pop().map(AgentId))
}

/// Somebody else than the agent says that it failed; `false` where that was known.
pub async fn confirm_failure(connection: &mut PgConnection, request: RequestId) -> Result<bool> {
    let done = sqlx::query!(
        "update requests set failure_confirmed = true where id = $1 and not failure_confirmed",
        request.0,
    );
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

pub async fn failure_is_confirmed(connection: &mut PgConnection, request: RequestId) -> Result<bool> {
    let found = sqlx::query_scalar!("select failure_confirmed from requests where id = $1", request.0);
    Ok(found.fetch_one(connection).await?)
}

pub struct NewFeedback {
    pub id: Uuid,
    pub request: RequestId,
    pub agent: AgentId,
    pub customer: Option<String>,
    pub from_agent: bool,
    pub at: DateTime<Utc>,
    pub idempotency_key: Option<String>,
}

/// `false` when feedback on the request is stored under its idempotency key already.
pub async fn add_feedback(connection: &mut PgConnection, row: &NewFeedback, feedback: &Feedback) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into feedback (id, request_id, agent_id, customer_id, kind, score, note, from_agent, at, idempotency_key)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (request_id, idempotency_key) where idempotency_key is not null do nothing
        "#,
        row.id,
        row.request.0,
        row.agent.0,
        row.customer,
        feedback.kind.name(),
        feedback.score,
        feedback.note,
        row.from_agent,
        row.at,
        row.idempotency_key,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Whether this is what is stored under the idempotency key.
pub async fn is_stored_feedback(connection: &mut PgConnection, row: &NewFeedback, feedback: &Feedback) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select exists (
            select from feedback
            where request_id = $1
                and idempotency_key = $2
                and kind = $3
                and score is not distinct from $4
                and note = $5
                and from_agent = $6
        ) as "found!"
        "#,
        row.request.0,
        row.idempotency_key,
        feedback.kind.name(),
        feedback.score,
        feedback.note,
        row.from_agent,
    );
    Ok(found.fetch_one(connection).await?)
}
