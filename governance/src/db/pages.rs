mod needs;
mod of_agents;
mod unclaimed;
mod waiting;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    action::Effect,
    agent::Mode,
    folding::folded,
    id::{AgentId, PersonId, RequestId},
    state::State,
    view::{AgentLink, AgentRow, AgentStop, AgentView, Day, KnownCustomer, RequestRow, SHOWN, StopPage, StopView},
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

pub use needs::{Needed, needed};
pub use of_agents::{Span, agent, agent_row, agents, count_days, last_days, stop};
pub use unclaimed::unclaimed;
pub use waiting::{Count, Waiting, last_decided, waiting};

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

/// What was asked for the same customer before, the newest first, at most five; without looks, which change nothing.
pub async fn before(
    connection: &mut PgConnection,
    control: &Control,
    customer: &str,
    than: (DateTime<Utc>, RequestId),
) -> Result<Vec<RequestRow>> {
    let looks = control.actions.values().filter(|(_, action)| action.effect == Effect::Read);
    let looks: Vec<String> = looks.map(|(_, action)| action.name.clone()).collect();
    let lines = sqlx::query_as!(
        Line,
        r#"
        select id, agent_id, action, sentence, customer_id, amount_minor, currency, state, decision, asked_at, deadline,
            approved_epoch, pending
        from requests
        where customer_folded = $5 and customer_id = $1 and (asked_at, id) < ($2, $3) and action <> all ($4)
        order by asked_at desc
        limit 5
        "#,
        customer,
        than.0,
        than.1.0,
        &looks,
        &folded(customer),
    );
    read(lines.fetch_all(connection).await?, control)
}

/// What the shop says of a customer, and when it said so; the complaints in Reins' own record; nothing of one that
/// neither knows.
pub async fn known_of(connection: &mut PgConnection, customer: &str) -> Result<Option<KnownCustomer>> {
    let row = sqlx::query!(
        r#"
        select c.orders as "orders?",
            c.lifetime_minor as "lifetime_minor?",
            c.currency as "currency?",
            c.open_complaints as "open_complaints?",
            c.synced_at as "synced_at?",
            (
                select count(*) from feedback f
                where f.customer_id = $1 and f.kind = 'complaint' and f.resolved_at is null
            ) as "complaints!"
        from (select 1) one
        left join customers c on c.id = $1
        "#,
        customer,
    );
    let row = row.fetch_one(connection).await?;
    let small = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
    let known = KnownCustomer {
        orders: small(row.orders),
        lifetime_value: money(row.lifetime_minor, row.currency)?,
        open_complaints: small(row.open_complaints),
        synced_at: row.synced_at,
        recorded_complaints: u32::try_from(row.complaints).unwrap_or(u32::MAX),
    };
    Ok((row.synced_at.is_some() || known.recorded_complaints > 0).then_some(known))
}

/// Requests whose outcome nobody knows, the oldest of each agent, at most `SHOWN` of one.
pub async fn unknown(connection: &mut PgConnection, control: &Control) -> Result<Vec<RequestRow>> {
    let lines = sqlx::query_as!(
        Line,
        r#"
        select r.id, r.agent_id, r.action, r.sentence, r.customer_id, r.amount_minor, r.currency, r.state, r.decision,
            r.asked_at, r.deadline, r.approved_epoch, r.pending
        from agents a
        cross join lateral (
            select *
            from requests
            where agent_id = a.id and state = 'unknown'
            order by changed_at
            limit $1
        ) r
        order by r.changed_at
        "#,
        i64::from(SHOWN),
    );
    read(lines.fetch_all(connection).await?, control)
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
