use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    facts::{BrandFacts, Facts},
    folding::folded,
    id::{AgentId, RequestId},
    request::Ask,
    window::{Usage, Window},
};
use sqlx::PgConnection;

use super::{requests::money, spans};
use crate::{
    control::{Control, Revision},
    error::{Result, corrupt},
    id::told,
};

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

/// How many requests that no span holds are looked at in one window. Where more lie in it, what it holds is unknown until
/// they are added up: that asks or denies, where counting on would keep everybody waiting.
const MOST_LOOKED_AT: i64 = 100_000;

/// What stands in windows.
#[derive(Default)]
pub struct Counted {
    /// Without those that hold too much that is not added up.
    pub usages: BTreeMap<Window, Usage>,
    /// Customers whose requests are worth adding up, by their marks.
    pub crowded: BTreeSet<(AgentId, String)>,
}

/// Counts each window, without the request `but`: whole spans by their sums, and by the row what lies before and after them.
///
/// A request counts from when it was asked, and anew from when it was claimed: two days' caps must not be carried out
/// within minutes. What failed counts until somebody else than the agent has said so, but where the agent is trusted with
/// that. A sum beyond what can be counted stays at its end, where with any more it is unknown; where nothing counts there
/// is none (`least` alone would pass over its null).
pub async fn count(
    connection: &mut PgConnection,
    control: &Control,
    windows: &BTreeSet<Window>,
    but: Option<RequestId>,
    now: DateTime<Utc>,
) -> Result<Counted> {
    if windows.is_empty() {
        return Ok(Counted::default());
    }
    let windows: Vec<&Window> = windows.iter().collect();
    let mark = |window: &&Window| window.customer.as_deref().map(|folded| control.mark_of_customer(folded)).transpose();
    let customers: Vec<Option<String>> = windows.iter().map(mark).collect::<Result<_>>()?;
    let mut usages: Vec<(i64, Usage)> = vec![Default::default(); windows.len()];
    let rows = sqlx::query!(
        r#"
        select w.place as "place!",
            nullif(c.currency, '') as currency,
            sum(c.looked_at)::bigint as "looked_at!",
            sum(c.count)::bigint as "count!",
            case when sum(c.count) > 0 and c.currency <> '' then least(sum(c.sum), 9223372036854775807)::bigint end as sum
        from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $7::boolean[]) with ordinality
            as w (agent_id, customer, actions, since, trust_agent, place)
        cross join lateral (
            select min(since) as since, max(until) as until
            from spans
            where agent_id = w.agent_id and customer = coalesce(w.customer, '') and since > w.since and ready
        ) added_up
        cross join lateral (
            select currency, 0 as looked_at, count, sum
            from span_sums
            where added_up.until is not null and agent_id = w.agent_id and customer = coalesce(w.customer, '')
                and since > w.since and action = any (string_to_array(w.actions, ',')) and (counts_as = 'taken' or not w.trust_agent)
            union all
            select coalesce(currency, ''), count(*), count(*) filter (where counts), sum(amount_minor) filter (where counts)
            from (
                select of_it.currency,
                    of_it.amount_minor,
                    of_it.action = any (string_to_array(w.actions, ','))
                        and (of_it.counts_as = 'taken' or of_it.counts_as = 'failed' and not w.trust_agent) as counts
                from (
                    select r.*
                    from (
                        values (w.since + interval '1 microsecond', coalesce(added_up.since, 'infinity')),
                            (added_up.until, 'infinity')
                    ) as e (since, until)
                    cross join lateral (
                        select action, counts_as(state, failure_confirmed) as counts_as, amount_minor, currency
                        from requests
                        where w.customer is null and agent_id = w.agent_id and asked_at >= e.since and asked_at < e.until
                        union all
                        select action, counts_as(state, failure_confirmed), amount_minor, currency
                        from requests
                        where customer_folded = w.customer and agent_id = w.agent_id
                            and asked_at >= e.since and asked_at < e.until
                    ) r
                    union all
                    select action, counts_as(state, failure_confirmed), amount_minor, currency
                    from requests
                    where (w.customer is null or added_up.until is not null)
                        and tstzrange(asked_at, claimed_at) @> w.since and claimed_at is not null and agent_id = w.agent_id
                        and (w.customer is null or customer_folded = w.customer)
                    union all
                    select action, counts_as(state, failure_confirmed), amount_minor, currency
                    from requests
                    where added_up.until is null and customer_folded = w.customer and agent_id = w.agent_id
                        and claimed_at > w.since and asked_at <= w.since
                ) of_it
                limit $6
            ) by_row
            group by currency
            union all
            select coalesce(currency, ''), 0, -1, -amount_minor
            from requests
            where id = $5 and agent_id = w.agent_id and action = any (string_to_array(w.actions, ','))
                and (counts_as(state, failure_confirmed) = 'taken'
                    or counts_as(state, failure_confirmed) = 'failed' and not w.trust_agent)
                and (w.customer is null or customer_folded = w.customer)
                and greatest(asked_at, claimed_at) > w.since
        ) c
        group by w.place, c.currency
        "#,
        &windows.iter().map(|w| w.agent.0).collect::<Vec<_>>(),
        &customers as &[Option<String>],
        &windows.iter().map(|w| Vec::from_iter(w.actions.iter().cloned()).join(",")).collect::<Vec<_>>(),
        &windows.iter().map(|w| now - TimeDelta::seconds(i64::from(w.within_s))).collect::<Vec<_>>(),
        but.map(|id| id.0),
        MOST_LOOKED_AT,
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
    let mut counted = Counted::default();
    for ((window, customer), (looked_at, usage)) in windows.into_iter().zip(customers).zip(usages) {
        if let Some(customer) = customer.filter(|_| looked_at > 2 * spans::SIZE) {
            counted.crowded.insert((window.agent, customer));
        }
        if looked_at < MOST_LOOKED_AT {
            counted.usages.insert(window.clone(), usage);
        }
    }
    Ok(counted)
}

/// What an ask meets: the control state's revision, the time, and what is known of each request, windows apart.
pub struct Met {
    pub revision: Revision,
    pub now: DateTime<Utc>,
    /// In the order of the asks.
    pub of_each: Vec<MetAsk>,
    /// Customers whose requests are worth adding up.
    pub crowded: BTreeSet<(AgentId, String)>,
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
pub async fn meet(
    connection: &mut PgConnection,
    control: &Control,
    asks: &[Asking<'_>],
    but: Option<RequestId>,
) -> Result<Met> {
    let customers =
        asks.iter().map(|(.., ask)| ask.customer_id().map(|id| control.mark_of_customer(&folded(id))).transpose());
    let occasions = asks.iter().map(|(.., ask)| ask.occasion().map(|of| control.mark_of_occasion(&of)).transpose());
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
                where r.agent_id = j.agent_id and r.occasion = j.occasion and r.id is distinct from $7
                    and case when r.customer_id is null then r.customer_folded <> j.mark else r.customer_id <> j.customer_id end
            ) as "other_customer!",
            exists (
                select from requests r
                where r.agent_id = j.agent_id and r.action = j.action and r.template = j.template and r.state = 'succeeded'
                offset 0
            ) as "kind_has_succeeded!"
        from (select revision, nonce, told(control) as now from control offset 0) h
        left join unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $8::text[]) with ordinality
            as j (agent_id, key, customer_id, occasion, action, template, mark, place) on true
        left join customers c on c.id = j.customer_id
        order by j.place
        "#,
        &asks.iter().map(|(agent, ..)| agent.0).collect::<Vec<_>>(),
        &asks.iter().map(|(_, key, _)| *key).collect::<Vec<_>>() as &[Option<&str>],
        &asks.iter().map(|(.., ask)| ask.customer_id()).collect::<Vec<_>>() as &[Option<&str>],
        &occasions.collect::<Result<Vec<_>>>()? as &[Option<String>],
        &asks.iter().map(|(.., ask)| ask.action.as_str()).collect::<Vec<_>>() as &[&str],
        &asks.iter().map(|(.., ask)| ask.template.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
        but.map(|id| id.0),
        &customers.collect::<Result<Vec<_>>>()? as &[Option<String>],
    );
    let rows = rows.fetch_all(connection).await?;
    let head = rows.first().ok_or_else(|| corrupt("control"))?;
    let (revision, now) = (Revision { number: head.revision, nonce: head.nonce }, told(head.now));
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
    Ok(Met { revision, now, of_each, crowded: BTreeSet::new() })
}
