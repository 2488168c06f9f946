mod of_agents;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    agent::Mode,
    id::{AgentId, PersonId, RequestId},
    state::State,
    view::{AgentLink, AgentRow, AgentStop, AgentView, ApprovalsPage, Day, RequestRow, StopPage, StopView},
};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::requests::money;
use crate::{
    CustomerFacts,
    control::Control,
    db,
    error::{Result, corrupt},
};

pub use of_agents::{Span, agent, agent_row, agents, count_days, last_days, stop};

/// A request as a line of a list; what its columns hold.
struct Line {
    id: Uuid,
    agent_id: Uuid,
    action: String,
    sentence: String,
    customer_id: Option<String>,
    amount_minor: Option<i64>,
    currency: Option<String>,
    state: String,
    decision: String,
    asked_at: DateTime<Utc>,
    deadline: Option<DateTime<Utc>>,
    approved_epoch: Option<i64>,
    pending: Value,
}

impl Line {
    fn read(self, control: &Control) -> Result<RequestRow> {
        let agent = AgentId(self.agent_id);
        let state = State::parse(&self.state).ok_or_else(|| corrupt("requests.state"))?;
        let before_a_stop = self.approved_epoch != Some(control.epoch(agent));
        let pending: Vec<domain::approval::Pending> = serde_json::from_value(self.pending)?;
        Ok(RequestRow {
            id: RequestId(self.id),
            agent: control.link(agent),
            label: control.label(&self.action),
            action: self.action,
            sentence: self.sentence,
            customer: self.customer_id,
            amount: money(self.amount_minor, self.currency)?,
            state: state.as_it_stands(control.stopped(agent).is_some(), before_a_stop),
            decision: self.decision,
            asked_at: self.asked_at,
            deadline: self.deadline,
            queues: pending.into_iter().map(|p| p.need.queue).collect(),
        })
    }
}

impl Control {
    fn link(&self, agent: AgentId) -> AgentLink {
        let unknown = || AgentLink { id: agent, slug: String::new(), name: "an agent made just now".to_owned() };
        self.agents.get(&agent).map_or_else(unknown, |known| known.link.clone())
    }
}

fn read(lines: Vec<Line>, control: &Control) -> Result<Vec<RequestRow>> {
    lines.into_iter().map(|line| line.read(control)).collect()
}

pub async fn request_row(
    connection: &mut PgConnection,
    control: &Control,
    id: RequestId,
) -> Result<Option<RequestRow>> {
    let line = sqlx::query_as!(
        Line,
        r#"
        select id, agent_id, action, sentence, customer_id, amount_minor, currency, state, decision, asked_at, deadline,
            approved_epoch, pending
        from requests
        where id = $1
        "#,
        id.0,
    );
    line.fetch_optional(connection).await?.map(|line| line.read(control)).transpose()
}

/// A customer's other requests, the newest first, at most five.
pub async fn of_customer(
    connection: &mut PgConnection,
    control: &Control,
    customer: &str,
    but: RequestId,
) -> Result<Vec<RequestRow>> {
    let lines = sqlx::query_as!(
        Line,
        r#"
        select id, agent_id, action, sentence, customer_id, amount_minor, currency, state, decision, asked_at, deadline,
            approved_epoch, pending
        from requests
        where customer_id = $1 and id <> $2
        order by asked_at desc
        limit 5
        "#,
        customer,
        but.0,
    );
    read(lines.fetch_all(connection).await?, control)
}

/// Requests whose outcome nobody knows, the oldest first, at most 50.
pub async fn unknown(pool: &PgPool, control: &Control) -> Result<Vec<RequestRow>> {
    let lines = sqlx::query_as!(
        Line,
        r#"
        select id, agent_id, action, sentence, customer_id, amount_minor, currency, state, decision, asked_at, deadline,
            approved_epoch, pending
        from requests
        where state = 'unknown'
        order by changed_at
        limit 50
        "#,
    );
    read(lines.fetch_all(pool).await?, control)
}

/// How many requests wait for this person's queues, and since when.
pub async fn waiting_for(connection: &mut PgConnection, person: PersonId) -> Result<(u32, Option<DateTime<Utc>>)> {
    let row = sqlx::query!(
        r#"
        with mine as (
            select coalesce(array_agg(q.slug), '{}') as slugs
            from queue_members m join queues q on q.id = m.queue_id
            where m.person_id = $1
        ), shop as (
            select stop_epoch from control
        )
        select count(*) as "count!",
            min(r.asked_at) as oldest
        from requests r
        join agents a on a.id = r.agent_id, mine, shop
        where r.state in ('waiting', 'approved')
            and (r.state = 'waiting' or r.approved_epoch is distinct from a.stop_epoch + shop.stop_epoch)
            and exists (select from jsonb_array_elements(r.pending) p where p ->> 'queue' = any (mine.slugs))
            and not exists (
                select from approvals v
                where v.request_id = r.id and v.person_id = $1 and v.digest = r.digest
                    and v.epoch = a.stop_epoch + shop.stop_epoch
            )
        "#,
        person.0,
    );
    let row = row.fetch_one(connection).await?;
    Ok((u32::try_from(row.count).unwrap_or(u32::MAX), row.oldest))
}

/// The queues, and what waits in `queue`, or in all of the reader's, or in all of them where the reader has none.
pub async fn approvals(
    pool: &PgPool,
    control: &Control,
    reader: PersonId,
    queue: Option<&str>,
    now: DateTime<Utc>,
) -> Result<ApprovalsPage> {
    let mut queues = db::queues::all(pool, Some(reader)).await?;
    let shown: Vec<String> = match queue {
        Some(slug) => vec![slug.to_owned()],
        None if queues.iter().any(|q| q.mine) => queues.iter().filter(|q| q.mine).map(|q| q.slug.clone()).collect(),
        None => queues.iter().map(|q| q.slug.clone()).collect(),
    };
    let counts = sqlx::query!(
        r#"
        select p ->> 'queue' as "queue!",
            count(*) as "count!"
        from requests r
        join agents a on a.id = r.agent_id
        cross join control c
        cross join lateral jsonb_array_elements(r.pending) p
        where r.state in ('waiting', 'approved')
            and (r.state = 'waiting' or r.approved_epoch is distinct from a.stop_epoch + c.stop_epoch)
        group by 1
        "#
    );
    for row in counts.fetch_all(pool).await? {
        if let Some(queue) = queues.iter_mut().find(|q| q.slug == row.queue) {
            queue.waiting = u32::try_from(row.count).unwrap_or(u32::MAX);
        }
    }
    let lines = sqlx::query_as!(
        Line,
        r#"
        select r.id, r.agent_id, r.action, r.sentence, r.customer_id, r.amount_minor, r.currency, r.state, r.decision,
            r.asked_at, r.deadline, r.approved_epoch, r.pending
        from requests r
        join agents a on a.id = r.agent_id
        cross join control c
        where r.state in ('waiting', 'approved')
            and (r.state = 'waiting' or r.approved_epoch is distinct from a.stop_epoch + c.stop_epoch)
            and exists (select from jsonb_array_elements(r.pending) p where p ->> 'queue' = any ($1))
        order by r.asked_at
        limit 50
        "#,
        &shown,
    );
    let waiting = read(lines.fetch_all(pool).await?, control)?;
    let total = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from requests r
        join agents a on a.id = r.agent_id
        cross join control c
        where r.state in ('waiting', 'approved')
            and (r.state = 'waiting' or r.approved_epoch is distinct from a.stop_epoch + c.stop_epoch)
            and exists (select from jsonb_array_elements(r.pending) p where p ->> 'queue' = any ($1))
        "#,
        &shown,
    );
    let total = u32::try_from(total.fetch_one(pool).await?).unwrap_or(u32::MAX);
    let last_decided = match waiting.is_empty() {
        false => None,
        true => {
            let last = sqlx::query_scalar!(
                r#"
                select greatest(
                    (select at from entries where kind = 'approved' order by at desc limit 1),
                    (select at from entries where kind = 'rejected' order by at desc limit 1),
                    (select at from entries where kind = 'expired' order by at desc limit 1)
                )
                "#
            );
            last.fetch_one(pool).await?
        }
    };
    Ok(ApprovalsPage { queues, waiting, total, last_decided, now })
}

/// Open requests past their deadline, the oldest first, at most 100 that nobody decided or claimed and 100 without an outcome.
pub async fn overdue(pool: &PgPool) -> Result<Vec<RequestId>> {
    let ids = sqlx::query_scalar!(
        r#"
        (
            select id as "id!"
            from requests
            where state in ('waiting', 'approved') and deadline <= now()
            order by deadline
            limit 100
        ) union all (
            select id
            from requests
            where state = 'granted' and deadline <= now() - interval '10 minutes'
            order by deadline
            limit 100
        )
        "#
    );
    Ok(ids.fetch_all(pool).await?.into_iter().map(RequestId).collect())
}

pub async fn names(
    connection: &mut PgConnection,
    people: impl Iterator<Item = PersonId>,
) -> Result<HashMap<PersonId, String>> {
    let ids: Vec<Uuid> = people.map(|id| id.0).collect();
    let rows = sqlx::query!("select id, name from people where id = any ($1)", &ids).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (PersonId(row.id), row.name)).collect())
}

pub async fn put_customers(
    connection: &mut PgConnection,
    customers: &[CustomerFacts],
    now: DateTime<Utc>,
) -> Result<()> {
    let small = |n: Option<u32>| n.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    sqlx::query!(
        r#"
        insert into customers (id, orders, lifetime_minor, currency, open_complaints, synced_at)
        select id, orders, lifetime_minor, currency, open_complaints, $6
        from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::integer[])
            as c (id, orders, lifetime_minor, currency, open_complaints)
        on conflict (id) do update
        set orders = excluded.orders,
            lifetime_minor = excluded.lifetime_minor,
            currency = excluded.currency,
            open_complaints = excluded.open_complaints,
            synced_at = excluded.synced_at
        "#,
        &customers.iter().map(|c| c.id.clone()).collect::<Vec<_>>(),
        &customers.iter().map(|c| small(c.facts.orders)).collect::<Vec<_>>() as &[Option<i32>],
        &customers.iter().map(|c| c.facts.lifetime_value.map(|m| m.minor)).collect::<Vec<_>>() as &[Option<i64>],
        &customers.iter().map(|c| c.facts.lifetime_value.map(|m| m.currency.code().to_owned())).collect::<Vec<_>>()
            as &[Option<String>],
        &customers.iter().map(|c| small(c.facts.open_complaints)).collect::<Vec<_>>() as &[Option<i32>],
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}
