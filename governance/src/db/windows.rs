use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    facts::{BrandFacts, Facts},
    id::{AgentId, RequestId},
    request::Ask,
    window::{Usage, Window},
};
use sqlx::PgConnection;

use super::requests::money;
use crate::error::Result;

/// Takes the window locks in the order of their keys.
pub async fn lock(connection: &mut PgConnection, keys: &BTreeSet<i64>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let keys: Vec<i64> = keys.iter().copied().collect();
    sqlx::query!("select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key", &keys)
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts each window, without the request `but`.
pub async fn count(
    connection: &mut PgConnection,
    windows: &BTreeSet<Window>,
    but: Option<RequestId>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Window, Usage>> {
    let mut usages: BTreeMap<Window, Usage> = windows.iter().map(|w| (w.clone(), Usage::default())).collect();
    if windows.is_empty() {
        return Ok(usages);
    }
    let windows: Vec<&Window> = windows.iter().collect();
    let rows = sqlx::query!(
        r#"
        select w.place as "place!",
            r.currency,
            count(*) as "count!",
            sum(r.amount_minor)::bigint as sum
        from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) with ordinality
            as w (agent_id, customer_id, actions, since, place)
        join lateral (
            select id, action, state, amount_minor, currency
            from requests
            where w.customer_id is null and agent_id = w.agent_id and asked_at > w.since
            union all
            select id, action, state, amount_minor, currency
            from requests
            where customer_id = w.customer_id and agent_id = w.agent_id and asked_at > w.since
        ) r on r.action = any (string_to_array(w.actions, ','))
        where r.state in ('waiting', 'approved', 'granted', 'succeeded', 'unknown')
            and r.id is distinct from $5
        group by w.place, r.currency
        "#,
        &windows.iter().map(|w| w.agent.0).collect::<Vec<_>>(),
        &windows.iter().map(|w| w.customer.clone()).collect::<Vec<_>>() as &[Option<String>],
        &windows.iter().map(|w| Vec::from_iter(w.actions.iter().cloned()).join(",")).collect::<Vec<_>>(),
        &windows.iter().map(|w| now - TimeDelta::seconds(i64::from(w.within_s))).collect::<Vec<_>>(),
        but.map(|id| id.0),
    );
    for row in rows.fetch_all(connection).await? {
        let Some(window) = windows.get(row.place as usize - 1) else { continue };
        let Some(usage) = usages.get_mut(*window) else { continue };
        usage.count = usage.count.saturating_add(u32::try_from(row.count).unwrap_or(u32::MAX));
        usage.sums.extend(money(row.sum, row.currency)?);
    }
    Ok(usages)
}

/// What the brand and the record say of each request, windows apart.
pub async fn facts(
    connection: &mut PgConnection,
    asks: &[(AgentId, &Ask)],
    but: Option<RequestId>,
) -> Result<Vec<Facts>> {
    let rows = sqlx::query!(
        r#"
        select c.orders as "orders?",
            c.lifetime_minor as "lifetime_minor?",
            c.currency as "currency?",
            c.open_complaints as "open_complaints?",
            (
                select count(*) from feedback f
                where f.customer_id = j.customer_id and f.kind = 'complaint' and f.resolved_at is null
            ) as "complaints!",
            exists (
                select from requests r
                where r.agent_id = j.agent_id and r.trigger = j.trigger and r.customer_id <> j.customer_id
                    and r.id is distinct from $6
            ) as "other_customer!",
            exists (
                select from requests r
                where r.agent_id = j.agent_id and r.action = j.action and r.template = j.template and r.state = 'succeeded'
            ) as "kind_has_succeeded!"
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality
            as j (agent_id, customer_id, trigger, action, template, place)
        left join customers c on c.id = j.customer_id
        order by j.place
        "#,
        &asks.iter().map(|(agent, _)| agent.0).collect::<Vec<_>>(),
        &asks.iter().map(|(_, ask)| ask.customer_id().map(str::to_owned)).collect::<Vec<_>>() as &[Option<String>],
        &asks.iter().map(|(_, ask)| ask.trigger.clone()).collect::<Vec<_>>() as &[Option<String>],
        &asks.iter().map(|(_, ask)| ask.action.clone()).collect::<Vec<_>>(),
        &asks.iter().map(|(_, ask)| ask.template.clone()).collect::<Vec<_>>() as &[Option<String>],
        but.map(|id| id.0),
    );
    let mut facts = Vec::with_capacity(asks.len());
    for row in rows.fetch_all(connection).await? {
        let brand = BrandFacts {
            orders: row.orders.and_then(|n| u32::try_from(n).ok()),
            lifetime_value: money(row.lifetime_minor, row.currency)?,
            open_complaints: row.open_complaints.and_then(|n| u32::try_from(n).ok()),
        };
        facts.push(Facts {
            brand,
            recorded_complaints: u32::try_from(row.complaints).unwrap_or(u32::MAX),
            other_customer_under_trigger: row.other_customer,
            kind_has_succeeded: row.kind_has_succeeded,
            windows: BTreeMap::new(),
        });
    }
    Ok(facts)
}
