mod of_agents;
mod open;
mod unclaimed;
mod waiting;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    able::why_short,
    action::Effect,
    agent::Mode,
    catalog::Queue,
    folding::folded,
    id::{AgentId, PersonId, RequestId},
    standing::Yes,
    state::State,
    view::{AgentLink, AgentRow, AgentStop, AgentView, KnownCustomer, RequestRow, SHOWN, StopPage, StopView},
};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::requests::{self, money};
use crate::{
    control::Control,
    db::{self, requests::Judged},
    error::Result,
    facts::CustomerFacts,
};

pub use of_agents::{agent, agent_row, agent_rows, agents, stop};
pub use open::{Of, count_open};
pub use unclaimed::unclaimed;
pub use waiting::{Count, Needed, Part, Waiting, last_decided};

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
    digest: Vec<u8>,
    revision: Option<i32>,
}

impl Line {
    fn read(self, control: &Control, able: &[Queue], yeses: &[Yes], now: DateTime<Utc>) -> Result<RequestRow> {
        let agent = AgentId(self.agent_id);
        let life = requests::life(&self.state, self.pending, self.deadline, self.approved_epoch)?;
        let (action, asked_at, digest) = (&*self.action, self.asked_at, &*self.digest);
        let stands = control.stands(Judged { agent, action, asked_at, digest, life: &life }, yeses, now);
        let is_open = stands.standing.is_some() && stands.state != State::Expired;
        Ok(RequestRow {
            in_vain: is_open && control.in_vain(agent, action, self.revision).is_some(),
            short: is_open && why_short(&life.needs(), able).is_some(),
            id: RequestId(self.id),
            agent: control.link(agent),
            label: control.label(&self.action),
            action: self.action,
            sentence: self.sentence,
            customer: self.customer_id,
            amount: money(self.amount_minor, self.currency)?,
            state: stands.state,
            decision: self.decision,
            asked_at,
            deadline: stands.deadline,
            still: stands.standing.is_some() && stands.clock.stands_still(),
            queues: life.pending().iter().map(|asked| asked.need.queue.clone()).collect(),
        })
    }
}

impl Control {
    fn link(&self, agent: AgentId) -> AgentLink {
        let unknown = || AgentLink { id: agent, slug: String::new(), name: "an agent made just now".to_owned() };
        self.agents.get(&agent).map_or_else(unknown, |known| known.link.clone())
    }
}

/// Reads lines as they stand now.
async fn read(
    connection: &mut PgConnection,
    lines: Vec<Line>,
    control: &Control,
    now: DateTime<Utc>,
) -> Result<Vec<RequestRow>> {
    let open = lines.iter().filter(|line| matches!(&*line.state, "waiting" | "approved"));
    let open: Vec<RequestId> = open.map(|line| RequestId(line.id)).collect();
    let able = if open.is_empty() { Vec::new() } else { control.able() };
    let mut yeses = db::approvals::of(connection, &open).await?;
    let read = lines.into_iter().map(|line| {
        let said = yeses.remove(&RequestId(line.id)).unwrap_or_default();
        line.read(control, &able, &said, now)
    });
    read.collect()
}

/// Requests in this order.
async fn request_rows(
    connection: &mut PgConnection,
    control: &Control,
    ids: &[RequestId],
    now: DateTime<Utc>,
) -> Result<Vec<RequestRow>> {
    let lines = sqlx::query_as!(
        Line,
        r#"
        select r.id, r.agent_id, r.action,
            shown(r.agent_id, r.permission_version, r.action, r.sentence) as "sentence!", r.customer_id, r.amount_minor, r.currency, r.state, r.decision,
            r.asked_at, r.deadline, r.approved_epoch, r.pending, r.digest, r.revision
        from unnest($1::uuid[]) with ordinality as i (id, place)
        join requests r on r.id = i.id
        order by i.place
        "#,
        &ids.iter().map(|id| id.0).collect::<Vec<_>>(),
    );
    let lines = lines.fetch_all(&mut *connection).await?;
    read(connection, lines, control, now).await
}

pub async fn request_row(
    connection: &mut PgConnection,
    control: &Control,
    id: RequestId,
    now: DateTime<Utc>,
) -> Result<Option<RequestRow>> {
    Ok(request_rows(connection, control, &[id], now).await?.pop())
}

/// What was asked for the same customer before, the newest first, at most five; without looks, which change nothing.
pub async fn before(
    connection: &mut PgConnection,
    control: &Control,
    customer: &str,
    than: (DateTime<Utc>, RequestId),
    now: DateTime<Utc>,
) -> Result<Vec<RequestRow>> {
    let looks = control.actions.values().filter(|(_, action)| action.effect == Effect::Read);
    let looks: Vec<String> = looks.map(|(_, action)| action.name.clone()).collect();
    let lines = sqlx::query_as!(
        Line,
        r#"
        select id, agent_id, action, shown(agent_id, permission_version, action, sentence) as "sentence!", customer_id, amount_minor, currency, state, decision, asked_at, deadline,
            approved_epoch, pending, digest, revision
        from requests
        where customer_folded = $5 and customer_id = $1 and (asked_at, id) < ($2, $3) and action <> all ($4)
        order by asked_at desc
        limit 5
        "#,
        customer,
        than.0,
        than.1.0,
        &looks,
        control.mark_of_customer(&folded(customer))?,
    );
    let lines = lines.fetch_all(&mut *connection).await?;
    read(connection, lines, control, now).await
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
pub async fn unknown(connection: &mut PgConnection, control: &Control, now: DateTime<Utc>) -> Result<Vec<RequestRow>> {
    let lines = sqlx::query_as!(
        Line,
        r#"
        select r.id, r.agent_id, r.action,
            shown(r.agent_id, r.permission_version, r.action, r.sentence) as "sentence!", r.customer_id, r.amount_minor, r.currency, r.state, r.decision,
            r.asked_at, r.deadline, r.approved_epoch, r.pending, r.digest, r.revision
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
    let lines = lines.fetch_all(&mut *connection).await?;
    read(connection, lines, control, now).await
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
    control: &Control,
    customers: &[CustomerFacts],
    now: DateTime<Utc>,
) -> Result<()> {
    let marks = customers.iter().map(|customer| control.mark_of_customer(&folded(&customer.id)));
    let small = |n: Option<u32>| n.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    sqlx::query!(
        r#"
        insert into customers (id, customer_folded, orders, lifetime_minor, currency, open_complaints, synced_at)
        select id, mark, orders, lifetime_minor, currency, open_complaints, $6
        from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::integer[], $7::text[])
            as c (id, orders, lifetime_minor, currency, open_complaints, mark)
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
        &marks.collect::<Result<Vec<_>>>()?,
    )
    .execute(connection)
    .await?;
    Ok(())
}
