//! The past that is judged again.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    facts::BrandFacts,
    id::{AgentId, RequestId},
    kept,
    permission::{PermissionSet, Recorded},
};
use sqlx::PgPool;
use uuid::Uuid;

use super::requests::money;
use crate::error::Result;

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
            body
        from permission_sets
        where agent_id = $1
        "#,
        agent.0,
    );
    let mut recorded = HashMap::new();
    for row in rows.fetch_all(pool).await? {
        let set: PermissionSet = kept::read(row.body)?;
        recorded.insert(row.version, set.audit_logging.record);
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
