//! What is done by itself, and the replicas that do it.

use chrono::{DateTime, Utc};
use domain::{
    id::ReplicaId,
    view::jobs::{Failing, ReplicaRow},
};
use sqlx::PgConnection;

use crate::error::Result;

/// Makes rows for jobs that have none yet; they are due at once.
pub async fn enlist(connection: &mut PgConnection, names: &[String], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into jobs (name, added_at, due)
        select name, $2, $2 from unnest($1::text[]) as name
        on conflict do nothing
        "#,
        names,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A job that may be taken, and the latest that it can be due: what is due later was written before the clock jumped back.
pub struct Offer {
    pub name: String,
    pub furthest: DateTime<Utc>,
}

/// When a lease ends that is given now, and the latest that one can end.
pub struct Lease {
    pub until: DateTime<Utc>,
    pub furthest: DateTime<Utc>,
}

pub struct Taken {
    pub name: String,
    /// Whether another replica had it before, or nobody.
    pub taken_over: bool,
    pub attempts: i32,
    /// What went wrong the last time.
    pub error: Option<String>,
    pub left_over: Option<String>,
}

/// Takes what is due and nobody works on. Whoever had it and let its lease run out has failed with `lost`.
pub async fn take(
    connection: &mut PgConnection,
    me: ReplicaId,
    offers: &[Offer],
    lease: &Lease,
    lost: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Taken>> {
    let taken = sqlx::query_as!(
        Taken,
        r#"
        with free as (
            select j.name, j.leased_by, j.leased_until is not null as is_lost
            from unnest($1::text[], $2::timestamptz[]) as offered (name, furthest)
            join jobs j on j.name = offered.name
            where (j.due <= $3 or j.due > offered.furthest)
                and (j.leased_until is null or j.leased_until <= $3 or j.leased_until > $4)
            for update of j skip locked
        )
        update jobs j
        set leased_by = $5,
            leased_until = $6,
            begun_at = $3,
            attempts = case when free.is_lost then j.attempts + 1 else j.attempts end,
            failing_since = case when free.is_lost then coalesce(j.failing_since, $3) else j.failing_since end,
            error = case when free.is_lost then $7 else j.error end
        from free
        where j.name = free.name
        returning j.name, free.leased_by is distinct from $5 as "taken_over!", j.attempts, j.error, j.left_over
        "#,
        &offers.iter().map(|offer| offer.name.clone()).collect::<Vec<_>>(),
        &offers.iter().map(|offer| offer.furthest).collect::<Vec<_>>(),
        now,
        lease.furthest,
        me.0,
        lease.until,
        lost,
    );
    Ok(taken.fetch_all(connection).await?)
}

/// Goes on holding a job; `false`: it is another's by now.
pub async fn renew(connection: &mut PgConnection, me: ReplicaId, name: &str, until: DateTime<Utc>) -> Result<bool> {
    let done = sqlx::query!(
        "update jobs set leased_until = $3 where name = $1 and leased_by = $2 and leased_until is not null",
        name,
        me.0,
        until,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// What came of a job.
pub struct Came<'a> {
    pub due: DateTime<Utc>,
    pub took_ms: i32,
    pub left_over: Option<&'a str>,
    /// Why it was not done.
    pub error: Option<&'a str>,
}

/// Gives a job back; what is another's by now stays as it is.
pub async fn give_back(
    connection: &mut PgConnection,
    me: ReplicaId,
    name: &str,
    came: &Came<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update jobs
        set leased_until = null,
            due = $4,
            took_ms = $5,
            left_over = $6,
            done_at = case when $7::text is null then $3 else done_at end,
            attempts = case when $7::text is null then 0 else attempts + 1 end,
            failing_since = case when $7::text is null then null else coalesce(failing_since, $3) end,
            error = $7
        where name = $1 and leased_by = $2 and leased_until is not null
        "#,
        name,
        me.0,
        now,
        came.due,
        came.took_ms,
        came.left_over,
        came.error,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How a job stands.
pub struct Standing {
    pub name: String,
    pub added_at: DateTime<Utc>,
    pub leased_until: Option<DateTime<Utc>>,
    /// Who works on it, or did so last, where that is still known.
    pub by: Option<String>,
    pub begun_at: Option<DateTime<Utc>>,
    pub done_at: Option<DateTime<Utc>>,
    pub took_ms: Option<i32>,
    pub left_over: Option<String>,
    pub attempts: i32,
    pub failing_since: Option<DateTime<Utc>>,
    pub error: Option<String>,
}

impl Standing {
    pub fn failing(&self) -> Option<Failing> {
        let (since, error) = self.failing_since.zip(self.error.clone())?;
        Some(Failing { since, attempts: u32::try_from(self.attempts).unwrap_or_default(), error })
    }
}

/// How these jobs stand.
pub async fn standing(connection: &mut PgConnection, names: &[String]) -> Result<Vec<Standing>> {
    let rows = sqlx::query_as!(
        Standing,
        r#"
        select j.name as "name!", j.added_at as "added_at!", j.leased_until, r.name as "by?", j.begun_at, j.done_at,
            j.took_ms, j.left_over, j.attempts as "attempts!", j.failing_since, j.error
        from jobs j
        left join replicas r on r.id = j.leased_by
        where j.name = any ($1)
        "#,
        names,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// A replica as it says that it is there.
pub struct Beat<'a> {
    pub id: ReplicaId,
    pub name: &'a str,
    pub version: &'a str,
    pub started_at: DateTime<Utc>,
    pub revision: Option<i64>,
}

pub async fn beat(connection: &mut PgConnection, beat: &Beat<'_>, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into replicas (id, name, version, started_at, seen_at, revision)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (id) do update
        set seen_at = excluded.seen_at,
            revision = excluded.revision,
            left_at = null
        "#,
        beat.id.0,
        beat.name,
        beat.version,
        beat.started_at,
        now,
        beat.revision,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A replica ends: what it worked on is due for others at once.
pub async fn leave(connection: &mut PgConnection, me: ReplicaId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        r#"
        with left_ as (
            update replicas set left_at = $2, seen_at = $2 where id = $1
        )
        update jobs
        set leased_until = null,
            due = $2
        where leased_by = $1 and leased_until is not null
        "#,
        me.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets those that were not seen since.
pub async fn forget_replicas(connection: &mut PgConnection, since: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from replicas where seen_at < $1", since).execute(connection).await?;
    Ok(())
}

/// Those that were seen last, at most 50, beside the revision of the control state as it is now.
pub async fn replicas(connection: &mut PgConnection) -> Result<(Vec<ReplicaRow>, i64)> {
    let now = sqlx::query_scalar!("select revision from control").fetch_one(&mut *connection).await?;
    let rows = sqlx::query!(
        r#"
        select id,
            name,
            version,
            started_at,
            seen_at,
            revision,
            left_at
        from replicas
        order by seen_at desc
        limit 50
        "#
    );
    let rows = rows.fetch_all(connection).await?;
    let read = rows.into_iter().map(|row| ReplicaRow {
        id: ReplicaId(row.id),
        name: row.name,
        version: row.version,
        started_at: row.started_at,
        seen_at: row.seen_at,
        left_at: row.left_at,
        revision: row.revision,
    });
    Ok((read.collect(), now))
}
