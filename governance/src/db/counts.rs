//! How often what happened to an agent's requests, in quarters of an hour. What counts as what, `counted` in the migrations
//! says alone.

use chrono::{DateTime, Utc};
use domain::{id::AgentId, view::Day};
use sqlx::PgConnection;

use super::feed::Part;
use crate::error::Result;

/// Adds what a part of the feed counts.
pub async fn add(connection: &mut PgConnection, part: &Part) -> Result<()> {
    let (after, after_id, until, most) = (part.since.transaction, part.since.id(), part.until, part.most);
    sqlx::query!(
        r#"
        insert into agent_counts as c
        select * from counted($1, $2, $3, $4)
        on conflict (agent_id, since) do update
        set allowed = c.allowed + excluded.allowed,
            needs_approval = c.needs_approval + excluded.needs_approval,
            denied = c.denied + excluded.denied,
            shadowed = c.shadowed + excluded.shadowed,
            stopped = c.stopped + excluded.stopped,
            paused = c.paused + excluded.paused,
            approved = c.approved + excluded.approved,
            rejected = c.rejected + excluded.rejected,
            expired = c.expired + excluded.expired,
            cancelled = c.cancelled + excluded.cancelled,
            succeeded = c.succeeded + excluded.succeeded,
            failed = c.failed + excluded.failed,
            unknown = c.unknown + excluded.unknown,
            rolled_back = c.rolled_back + excluded.rolled_back
        "#,
        after,
        after_id,
        until,
        most,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        r#"
        insert into agent_costs as c
        select * from spent($1, $2, $3, $4)
        on conflict (agent_id, since, currency) do update
        set micros = c.micros + excluded.micros
        "#,
        after,
        after_id,
        until,
        most,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The last 30 days of the brand's time zone up to now, the oldest first, with what happened on each.
pub async fn days(connection: &mut PgConnection, agent: AgentId, now: DateTime<Utc>) -> Result<Vec<Day>> {
    let rows = sqlx::query!(
        r#"
        with shop as (
            select time_zone, ($2::timestamptz at time zone time_zone)::date as today from control
        ), counts as (
            select (c.since at time zone s.time_zone)::date as date,
                sum(c.allowed)::bigint as allowed,
                sum(c.needs_approval)::bigint as needs_approval,
                sum(c.denied)::bigint as denied,
                sum(c.shadowed)::bigint as shadowed,
                sum(c.stopped)::bigint as stopped,
                sum(c.paused)::bigint as paused,
                sum(c.approved)::bigint as approved,
                sum(c.rejected)::bigint as rejected,
                sum(c.expired)::bigint as expired,
                sum(c.cancelled)::bigint as cancelled,
                sum(c.succeeded)::bigint as succeeded,
                sum(c.failed)::bigint as failed,
                sum(c.unknown)::bigint as unknown,
                sum(c.rolled_back)::bigint as rolled_back
            from shop s
            join agent_counts_now c on c.agent_id = $1 and c.since >= $2::timestamptz - interval '32 days'
            group by 1
        ), costs as (
            select date,
                array_agg(trim_scale(micros * 0.000001)::text || ' ' || currency order by currency) as costs
            from (
                select (c.since at time zone s.time_zone)::date as date,
                    c.currency,
                    sum(c.micros) as micros
                from shop s
                join agent_costs_now c on c.agent_id = $1 and c.since >= $2::timestamptz - interval '32 days'
                group by 1, 2
            ) c
            group by date
        )
        select (s.today - n)::date as "date!",
            coalesce(c.allowed, 0) as "allowed!",
            coalesce(c.needs_approval, 0) as "needs_approval!",
            coalesce(c.denied, 0) as "denied!",
            coalesce(c.shadowed, 0) as "shadowed!",
            coalesce(c.stopped, 0) as "stopped!",
            coalesce(c.paused, 0) as "paused!",
            coalesce(c.approved, 0) as "approved!",
            coalesce(c.rejected, 0) as "rejected!",
            coalesce(c.expired, 0) as "expired!",
            coalesce(c.cancelled, 0) as "cancelled!",
            coalesce(c.succeeded, 0) as "succeeded!",
            coalesce(c.failed, 0) as "failed!",
            coalesce(c.unknown, 0) as "unknown!",
            coalesce(c.rolled_back, 0) as "rolled_back!",
            coalesce(x.costs, '{}') as "costs!"
        from shop s
        cross join generate_series(0, 29) n
        left join counts c on c.date = s.today - n
        left join costs x on x.date = s.today - n
        order by n desc
        "#,
        agent.0,
        now,
    );
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let days = rows.fetch_all(connection).await?.into_iter().map(|row| Day {
        date: row.date,
        allowed: count(row.allowed),
        needs_approval: count(row.needs_approval),
        denied: count(row.denied),
        shadowed: count(row.shadowed),
        stopped: count(row.stopped),
        paused: count(row.paused),
        approved: count(row.approved),
        rejected: count(row.rejected),
        expired: count(row.expired),
        cancelled: count(row.cancelled),
        succeeded: count(row.succeeded),
        failed: count(row.failed),
        unknown: count(row.unknown),
        rolled_back: count(row.rolled_back),
        costs: row.costs,
    });
    Ok(days.collect())
}

/// Whether more has come than is counted while it is read.
pub async fn are_behind(connection: &mut PgConnection) -> Result<bool> {
    let more = sqlx::query_scalar!(
        r#"
        select exists (
            select
            from consumers c
            cross join lateral (
                select
                from entries e
                where e.xid >= c.xid and (e.xid > c.xid or e.id > c.entry_id)
                order by e.xid, e.id
                offset 10000
                limit 1
            ) e
            where c.name = 'counts'
        ) as "more!"
        "#
    );
    Ok(more.fetch_one(connection).await?)
}
