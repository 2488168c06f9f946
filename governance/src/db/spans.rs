//! Spans of requests that are added up, so that long windows are counted from sums.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::id::AgentId;
use sqlx::{Connection, PgConnection, PgPool};
use uuid::Uuid;

use crate::error::Result;

/// Requests in a span; those of one moment stay together.
pub const SIZE: i64 = 8192;

/// A span that was begun.
pub struct Begun {
    agent: Uuid,
    customer: String,
    since: DateTime<Utc>,
}

/// Customers who are added up together.
type Crowded = BTreeSet<(AgentId, String)>;

fn columns(crowded: &Crowded) -> (Vec<Uuid>, Vec<String>) {
    crowded.iter().map(|(agent, customer)| (agent.0, customer.clone())).unzip()
}

/// Remembers customers whose requests are to be added up.
pub async fn note_crowded(pool: &PgPool, crowded: &Crowded) -> Result<()> {
    let (agents, customers) = columns(crowded);
    sqlx::query!(
        r#"
        insert into crowded (agent_id, customer)
        select agent_id, customer from unnest($1::uuid[], $2::text[]) as c (agent_id, customer)
        on conflict do nothing
        "#,
        &agents,
        &customers,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Those that are remembered, at most 1,000.
pub async fn crowded(pool: &PgPool) -> Result<Crowded> {
    let rows = sqlx::query!("select agent_id, customer from crowded order by agent_id, customer limit 1000");
    let rows = rows.fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (AgentId(row.agent_id), row.customer)).collect())
}

pub async fn forget_crowded(pool: &PgPool, crowded: &Crowded) -> Result<()> {
    if crowded.is_empty() {
        return Ok(());
    }
    let (agents, customers) = columns(crowded);
    sqlx::query!(
        r#"
        delete from crowded c
        using unnest($1::uuid[], $2::text[]) as done (agent_id, customer)
        where c.agent_id = done.agent_id and c.customer = done.customer
        "#,
        &agents,
        &customers,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Begins the next span of each agent, and of each of these customers, where enough was asked since the last one and before
/// the last ten seconds; gives how many. From then on no time is told that lies in one, be the database's clock another's.
pub async fn begin(pool: &PgPool, crowded: &Crowded) -> Result<u64> {
    let (agents, customers) = columns(crowded);
    let done = sqlx::query!(
        r#"
        with begun as (
            insert into spans (agent_id, customer, since, until)
            select n.agent_id, n.customer, coalesce(nullif(last.until, '-infinity'), next.since),
                next.until + interval '1 microsecond'
            from (
                select id as agent_id, '' as customer from agents
                union all
                select agent_id, customer from unnest($1::uuid[], $2::text[]) as c (agent_id, customer)
            ) n
            cross join lateral (
                select coalesce(max(until), '-infinity') as until
                from (
                    select until
                    from spans
                    where agent_id = n.agent_id and customer = n.customer
                    order by since desc
                    limit 1
                ) newest
            ) last
            cross join lateral (
                select min(asked_at) as since, max(asked_at) as until, count(*) as count
                from (
                    (
                        select asked_at
                        from requests
                        where n.customer = '' and agent_id = n.agent_id and asked_at >= last.until
                            and asked_at < told_now() - interval '10 seconds'
                        order by asked_at
                        limit $3
                    ) union all (
                        select asked_at
                        from requests
                        where n.customer <> '' and customer_folded = n.customer and agent_id = n.agent_id
                            and asked_at >= last.until and asked_at < told_now() - interval '10 seconds'
                        order by asked_at
                        limit $3
                    )
                ) of_it
            ) next
            where next.count = $3
            on conflict do nothing
            returning until
        ), told as (
            update control
            set added_up_until = newest.until
            from (select max(until) as until from begun) newest
            where newest.until > added_up_until
        )
        select count(*) as "count!" from begun
        "#,
        &agents,
        &customers,
        SIZE,
    );
    Ok(u64::try_from(done.fetch_one(pool).await?.count).unwrap_or(0))
}

/// What is begun and not added up, the oldest first, at most 1,000.
pub async fn begun(pool: &PgPool) -> Result<Vec<Begun>> {
    let begun = sqlx::query_as!(
        Begun,
        r#"
        select agent_id as agent,
            customer,
            since
        from spans
        where not ready
        order by since
        limit 1000
        "#
    );
    Ok(begun.fetch_all(pool).await?)
}

/// The transactions that are writing requests just now.
pub async fn writing(pool: &PgPool) -> Result<Vec<String>> {
    let writing = sqlx::query_scalar!(
        r#"
        select l.virtualtransaction as "transaction!"
        from pg_locks l
        join pg_database d on d.oid = l.database
        where d.datname = current_database() and l.locktype = 'relation' and l.relation = 'requests'::regclass
            and l.mode = 'RowExclusiveLock' and l.granted
        "#
    );
    Ok(writing.fetch_all(pool).await?)
}

/// Adds a span up. Whoever wrote without seeing it must have ended.
///
/// The span is locked first: a change that has seen it is committed, or waits until the sums stand.
pub async fn add_up(connection: &mut PgConnection, span: &Begun) -> Result<()> {
    let mut tx = connection.begin_with(super::begin::BEGIN).await?;
    let until = sqlx::query_scalar!(
        r#"
        select until
        from spans
        where agent_id = $1 and customer = $2 and since = $3 and not ready
        for no key update
        "#,
        span.agent,
        span.customer,
        span.since,
    );
    let Some(until) = until.fetch_optional(&mut *tx).await? else { return Ok(()) };
    sqlx::query!(
        r#"
        with added as (
            insert into span_sums (agent_id, customer, since, action, counts_as, currency, count, sum)
            select $1, $2, $3, action, counts_as(state, failure_confirmed), coalesce(currency, ''), count(*), coalesce(sum(amount_minor), 0)
            from (
                select action, state, failure_confirmed, currency, amount_minor from requests
                where $2 = '' and agent_id = $1 and asked_at >= $3 and asked_at < $4
                union all
                select action, state, failure_confirmed, currency, amount_minor from requests
                where customer_folded = $2 and agent_id = $1 and asked_at >= $3 and asked_at < $4
            ) r
            where counts_as(state, failure_confirmed) is not null
            group by action, counts_as(state, failure_confirmed), coalesce(currency, '')
        )
        update spans
        set ready = true
        where agent_id = $1 and customer = $2 and since = $3
        "#,
        span.agent,
        span.customer,
        span.since,
        until,
    )
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}
