use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    facts::{BrandFacts, Facts},
    id::{AgentId, RequestId},
    request::Ask,
    window::{Usage, Window},
};
use sqlx::PgConnection;

use super::{control::Revision, requests::money};
use crate::error::{Result, corrupt};

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

/// How many requests are looked at in one window. Where more lie in it, what it holds stays unknown: that asks or denies,
/// where counting on would keep everybody waiting.
const MOST_COUNTED: i64 = 200_000;

/// Counts each window, without the request `but`; one that holds too much is left out.
///
/// A request counts from when it was asked, and anew from when it was claimed: two days' caps must not be carried out
/// within minutes. What failed counts until somebody else than the agent has said so, but where the agent is trusted with
/// that. A sum beyond what can be counted stays at its end, where with any more it is unknown; where nothing
/// counts there is none (`least` alone would pass over its null).
pub async fn count(
    connection: &mut PgConnection,
    windows: &BTreeSet<Window>,
    but: Option<RequestId>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Window, Usage>> {
    if windows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let windows: Vec<&Window> = windows.iter().collect();
    let mut usages: Vec<(i64, Usage)> = vec![Default::default(); windows.len()];
    let rows = sqlx::query!(
        r#"
        select w.place as "place!",
            r.currency,
            count(*) as "looked_at!",
            count(*) filter (where r.counts) as "count!",
            case
                when count(r.amount_minor) filter (where r.counts) > 0
                    then least(sum(r.amount_minor) filter (where r.counts), 9223372036854775807)::bigint
            end as sum
        from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $7::boolean[]) with ordinality
            as w (agent_id, customer, actions, since, trust_agent, place)
        cross join lateral (
            select amount_minor,
                currency,
                action = any (string_to_array(w.actions, ','))
                    and (
                        state in ('waiting', 'approved', 'granted', 'succeeded', 'unknown')
                            or state = 'failed' and not failure_confirmed and not w.trust_agent
                    )
                    and id is distinct from $5 as counts
            from (
                select id, action, state, amount_minor, currency, failure_confirmed
                from requests
                where w.customer is null and agent_id = w.agent_id and asked_at > w.since
                union all
                select id, action, state, amount_minor, currency, failure_confirmed
                from requests
                where customer_id = w.customer and agent_id = w.agent_id and asked_at > w.since
                union all
                select id, action, state, amount_minor, currency, failure_confirmed
                from requests
                where customer_folded = w.customer and agent_id = w.agent_id and asked_at > w.since
                union all
                select id, action, state, amount_minor, currency, failure_confirmed
                from requests
                where agent_id = w.agent_id and claimed_at > w.since and asked_at <= w.since
                    and (w.customer is null or coalesce(customer_folded, customer_id) = w.customer)
            ) of_it
            limit $6
        ) r
        group by w.place, r.currency
        "#,
        &windows.iter().map(|w| w.agent.0).collect::<Vec<_>>(),
        &windows.iter().map(|w| w.customer.clone()).collect::<Vec<_>>() as &[Option<String>],
        &windows.iter().map(|w| Vec::from_iter(w.actions.iter().cloned()).join(",")).collect::<Vec<_>>(),
        &windows.iter().map(|w| now - TimeDelta::seconds(i64::from(w.within_s))).collect::<Vec<_>>(),
        but.map(|id| id.0),
        MOST_COUNTED,
        &windows.iter().map(|w| w.trust_agent).collect::<Vec<_>>(),
    );
    for row in rows.fetch_all(connection).await? {
        let Some((looked_at, usage)) = usages.get_mut(row.place as usize - 1) else { continue };
        *looked_at += row.looked_at;
        usage.count = usage.count.saturating_add(u32::try_from(row.count).unwrap_or(u32::MAX));
        if row.sum.is_some() {
            usage.sums.extend(money(row.sum, row.currency)?);
        }
    }
    let counted = windows.into_iter().zip(usages).filter(|(_, (looked_at, _))| *looked_at < MOST_COUNTED);
    Ok(counted.map(|(window, (_, usage))| (window.clone(), usage)).collect())
}

/// What an ask meets: the control state's revision, the time, and what is known of each request, windows apart.
pub struct Met {
    pub revision: Revision,
    pub now: DateTime<Utc>,
    /// In the order of the asks.
    pub of_each: Vec<MetAsk>,
}

pub struct MetAsk {
    /// The request that stands under its idempotency key already.
    pub known: Option<RequestId>,
    pub facts: Facts,
}

/// An ask by its agent, with its idempotency key where that has to be looked up.
pub type Asking<'a> = (AgentId, Option<&'a str>, &'a Ask);

/// Reads all of it in one statement, which has to come after that of the control lock.
///
/// Each look is a subquery of its own, and the `offset` keeps it one: by a join, or by a hash of all that has succeeded, the
/// planner could come to read every request.
pub async fn meet(connection: &mut PgConnection, asks: &[Asking<'_>], but: Option<RequestId>) -> Result<Met> {
    let rows = sqlx::query!(
        r#"
        select h.revision as "revision!",
            h.nonce as "nonce!",
            h.now as "now!",
            (
                select k.id from requests k
                where k.agent_id = j.agent_id and k.idempotency_key = j.key
            ) as "known?",
            c.id is not null as "is_known!",
            c.orders as "orders?",
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
                    and r.id is distinct from $7
            ) as "other_customer!",
            exists (
                select from requests r
                where r.agent_id = j.agent_id and r.action = j.action and r.template = j.template and r.state = 'succeeded'
                offset 0
            ) as "kind_has_succeeded!"
        from (select revision, nonce, clock_timestamp() as now from control offset 0) h
        left join unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) with ordinality
            as j (agent_id, key, customer_id, trigger, action, template, place) on true
        left join customers c on c.id = j.customer_id
        order by j.place
        "#,
        &asks.iter().map(|(agent, ..)| agent.0).collect::<Vec<_>>(),
        &asks.iter().map(|(_, key, _)| *key).collect::<Vec<_>>() as &[Option<&str>],
        &asks.iter().map(|(.., ask)| ask.customer_id()).collect::<Vec<_>>() as &[Option<&str>],
        &asks.iter().map(|(.., ask)| ask.trigger.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
        &asks.iter().map(|(.., ask)| ask.action.as_str()).collect::<Vec<_>>() as &[&str],
        &asks.iter().map(|(.., ask)| ask.template.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
        but.map(|id| id.0),
    );
    let rows = rows.fetch_all(connection).await?;
    let head = rows.first().ok_or_else(|| corrupt("control"))?;
    let (revision, now) = (Revision { number: head.revision, nonce: head.nonce }, head.now);
    let mut of_each = Vec::with_capacity(asks.len());
    // Without asks there is the one row of the head.
    for row in rows.into_iter().take(asks.len()) {
        let brand = BrandFacts {
            orders: row.orders.and_then(|n| u32::try_from(n).ok()),
            lifetime_value: money(row.lifetime_minor, row.currency)?,
            open_complaints: row.open_complaints.and_then(|n| u32::try_from(n).ok()),
        };
        let facts = Facts {
            brand: row.is_known.then_some(brand),
            recorded_complaints: u32::try_from(row.complaints).unwrap_or(u32::MAX),
            other_customer_under_trigger: row.other_customer,
            kind_has_succeeded: row.kind_has_succeeded,
            windows: BTreeMap::new(),
        };
        of_each.push(MetAsk { known: row.known.map(RequestId), facts });
    }
    Ok(Met { revision, now, of_each })
}
