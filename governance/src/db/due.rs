//! What the standing of requests rests on, and which of them are to be looked at next.

use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, RequestId},
    life::Life,
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::requests::life;
use crate::error::Result;

/// How many requests are looked at together.
pub const DUE_AT_ONCE: usize = 100;

/// How many are had looked at together.
pub const SOME: usize = 1000;

/// Where a request stands among those that are to be looked at.
#[derive(Clone, Copy)]
pub struct Place {
    pub due: DateTime<Utc>,
    pub id: RequestId,
}

/// What the standing of a request rests on; its life may be unreadable.
pub struct Due {
    pub place: Place,
    pub agent: AgentId,
    pub action: String,
    pub asked_at: DateTime<Utc>,
    pub digest: Vec<u8>,
    pub life: Result<Life>,
}

struct DueRow {
    id: Uuid,
    agent_id: Uuid,
    action: String,
    asked_at: DateTime<Utc>,
    digest: Vec<u8>,
    state: String,
    pending: Value,
    deadline: Option<DateTime<Utc>>,
    approved_epoch: Option<i64>,
    due: DateTime<Utc>,
}

impl DueRow {
    fn read(self) -> Due {
        Due {
            place: Place { due: self.due, id: RequestId(self.id) },
            agent: AgentId(self.agent_id),
            action: self.action,
            asked_at: self.asked_at,
            digest: self.digest,
            life: life(&self.state, self.pending, self.deadline, self.approved_epoch),
        }
    }
}

/// The requests to look at after that place, at most [`DUE_AT_ONCE`]: open ones by when they are due, and grants without an
/// outcome by when that is given up.
pub async fn due(connection: &mut PgConnection, after: Option<Place>, now: DateTime<Utc>) -> Result<Vec<Due>> {
    let after = after.unwrap_or(Place { due: DateTime::UNIX_EPOCH, id: RequestId(Uuid::nil()) });
    let rows = sqlx::query_as!(
        DueRow,
        r#"
        select id as "id!", agent_id as "agent_id!", action as "action!", asked_at as "asked_at!", digest as "digest!",
            state as "state!", pending as "pending!", deadline, approved_epoch, due as "due!"
        from (
            (
                select id, agent_id, action, asked_at, digest, state, pending, deadline, approved_epoch, due
                from requests
                where state in ('waiting', 'approved') and due <= $1 and (due, id) > ($2, $3)
                order by due, id
                limit $4
            ) union all (
                select r.id, r.agent_id, r.action, r.asked_at, r.digest, r.state, r.pending, r.deadline, r.approved_epoch,
                    r.deadline + interval '10 minutes' as due
                from agents a
                cross join lateral (
                    select *
                    from requests
                    where agent_id = a.id and state = 'granted' and deadline <= $1::timestamptz - interval '10 minutes'
                        and (deadline, id) > ($2::timestamptz - interval '10 minutes', $3)
                    order by deadline, id
                    limit $4
                ) r
            )
        ) open
        order by due, id
        limit $4
        "#,
        now,
        after.due,
        after.id.0,
        DUE_AT_ONCE as i64,
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(DueRow::read).collect())
}

/// Which of these requests are the agent's, and what the standing of each rests on.
pub async fn of_agent(connection: &mut PgConnection, agent: AgentId, ids: &[RequestId]) -> Result<Vec<Due>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        DueRow,
        r#"
        select id, agent_id, action, asked_at, digest, state, pending, deadline, approved_epoch,
            coalesce(due, asked_at) as "due!"
        from requests
        where id = any ($1) and agent_id = $2
        "#,
        &ids,
        agent.0,
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(DueRow::read).collect())
}

/// What was seen of a request that stays as it is.
pub struct Looked {
    pub place: Place,
    /// When to look at it again.
    pub again: DateTime<Utc>,
    pub falls_due: Option<DateTime<Utc>>,
    pub complete: bool,
}

/// Keeps what was seen of these, unless something has become of them meanwhile.
pub async fn look_again(connection: &mut PgConnection, later: &[Looked]) -> Result<()> {
    if later.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        r#"
        with free as (
            select r.id, l.due, l.falls_due, l.complete
            from requests r
            join unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
                as l (id, was, due, falls_due, complete) on l.id = r.id
            where r.due = l.was and r.state in ('waiting', 'approved')
            for update of r skip locked
        )
        update requests r
        set due = free.due,
            falls_due = free.falls_due,
            complete = free.complete
        from free
        where r.id = free.id
        "#,
        &later.iter().map(|looked| looked.place.id.0).collect::<Vec<_>>(),
        &later.iter().map(|looked| looked.place.due).collect::<Vec<_>>(),
        &later.iter().map(|looked| looked.again).collect::<Vec<_>>(),
        &later.iter().map(|looked| looked.falls_due).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &later.iter().map(|looked| looked.complete).collect::<Vec<_>>(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Has looked at now what is open of these agents, or of all, or runs one of these actions: at most [`SOME`] at a time, without
/// what somebody is just changing. Gives whether any was, and what is left, of which at most [`SOME`].
pub async fn look_at_some(
    connection: &mut PgConnection,
    agents: &[AgentId],
    all: bool,
    actions: &[String],
    now: DateTime<Utc>,
) -> Result<(bool, Vec<Uuid>)> {
    let done = sqlx::query!(
        r#"
        with free as (
            select id
            from requests
            where state in ('waiting', 'approved') and due > $4 and ($2 or agent_id = any ($1) or action = any ($3))
            limit $5
            for update skip locked
        ), looked_at as (
            update requests r
            set due = $4
            from free
            where r.id = free.id
        )
        select exists (select from free) as "some!",
            array(
                select id
                from requests
                where state in ('waiting', 'approved') and due > $4 and asked_at <= $4
                    and ($2 or agent_id = any ($1) or action = any ($3)) and id not in (select id from free)
                limit $5
            ) as "left!"
        "#,
        &agents.iter().map(|agent| agent.0).collect::<Vec<_>>(),
        all,
        actions,
        now,
        SOME as i64,
    );
    let done = done.fetch_one(connection).await?;
    Ok((done.some, done.left))
}

/// Has these looked at now, as far as they are open. Gives which of them somebody is still changing.
pub async fn look_at_these(connection: &mut PgConnection, ids: &[Uuid], now: DateTime<Utc>) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let left = sqlx::query_scalar!(
        r#"
        with free as (
            select id
            from requests
            where id = any ($1) and state in ('waiting', 'approved') and due > $2
            for update skip locked
        ), looked_at as (
            update requests r
            set due = $2
            from free
            where r.id = free.id
        )
        select id
        from requests
        where id = any ($1) and state in ('waiting', 'approved') and due > $2 and id not in (select id from free)
        "#,
        ids,
        now,
    );
    Ok(left.fetch_all(connection).await?)
}
