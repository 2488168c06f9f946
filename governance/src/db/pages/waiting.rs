//! What waits for people. Which of it waits, and which of that somebody could decide now, is said here alone, so that the
//! counts of every page go with its list.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, PersonId},
    view::{MOST_WAITING, RequestRow, approvals::PAGE},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Line, read};
use crate::{control::Control, error::Result};

/// All that waits, as one person sees it, by the queues that it waits for, its agent, and whether they could decide it now.
pub struct Waiting {
    groups: Vec<Group>,
}

struct Group {
    queues: BTreeSet<String>,
    agent: AgentId,
    now: bool,
    count: i64,
    oldest: DateTime<Utc>,
}

/// How much there is, and since when the oldest has waited.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    pub count: u32,
    pub oldest: Option<DateTime<Utc>>,
}

impl Waiting {
    /// Reads all of it once; nothing is frozen or void but by the control state.
    pub async fn for_reader(connection: &mut PgConnection, control: &Control, reader: PersonId) -> Result<Self> {
        let of = Stands::of(control, reader);
        let rows = sqlx::query!(
            r#"
            select jsonb_path_query_array(r.pending, '$[*].queue') as "queues!",
                r.agent_id,
                not a.frozen and c.agent_id is not null and (r.complete or not exists (
                    select from approvals v
                    join unnest($5::text[], $6::timestamptz[]) as m (queue, since) on m.queue = v.queue and m.since <= v.at
                    where v.request_id = r.id and v.person_id = $4 and v.digest = r.digest and v.epoch = a.epoch
                ) or exists (
                    select from unnest($5::text[], $6::timestamptz[]) as m (queue, since)
                    where r.pending @> jsonb_build_array(jsonb_build_object('queue', m.queue)) and not exists (
                        select from approvals v
                        where v.request_id = r.id and v.person_id = $4 and v.digest = r.digest and v.epoch = a.epoch
                            and v.queue = m.queue and m.since <= v.at
                    )
                )) as "now!",
                count(*) as "count!",
                min(r.asked_at) as "oldest!"
            from requests r
            join unnest($1::uuid[], $2::bigint[], $3::boolean[]) as a (id, epoch, frozen) on a.id = r.agent_id
            left join unnest($7::uuid[], $8::text[], $9::integer[]) as c (agent_id, action, revision)
                on c.agent_id = r.agent_id and c.action = r.action and c.revision = r.revision
            where r.state in ('waiting', 'approved')
                and (r.state = 'waiting' or r.approved_epoch is distinct from a.epoch)
            group by 1, 2, 3
            "#,
            &of.agents,
            &of.epochs,
            &of.frozen,
            reader.0,
            &of.queues,
            &of.since,
            &of.can.agents,
            &of.can.actions,
            &of.can.revisions,
        );
        let groups = rows.fetch_all(connection).await?.into_iter().map(|row| {
            Ok(Group {
                queues: serde_json::from_value(row.queues)?,
                agent: AgentId(row.agent_id),
                now: row.now,
                count: row.count,
                oldest: row.oldest,
            })
        });
        Ok(Self { groups: groups.collect::<Result<_>>()? })
    }

    /// What waits for any of these queues, of this agent or of all.
    pub fn count(&self, queues: &[String], agent: Option<AgentId>, now: bool) -> Count {
        let fits = |group: &&Group| {
            group.now == now
                && agent.is_none_or(|agent| agent == group.agent)
                && queues.iter().any(|queue| group.queues.contains(queue))
        };
        let fitting = || self.groups.iter().filter(fits);
        let count = fitting().map(|group| group.count).sum::<i64>();
        Count { count: u32::try_from(count).unwrap_or(u32::MAX), oldest: fitting().map(|group| group.oldest).min() }
    }

    /// The agents of what waits.
    pub fn agents(&self) -> BTreeSet<AgentId> {
        self.groups.iter().map(|group| group.agent).collect()
    }
}

/// How much waits in these queues that the reader could decide now, counted up to [`MOST_WAITING`], as it stands on every
/// page.
pub async fn count_now(
    connection: &mut PgConnection,
    control: &Control,
    reader: PersonId,
    queues: &[String],
) -> Result<u32> {
    if queues.is_empty() {
        return Ok(0);
    }
    let of = Stands::of(control, reader);
    let count = sqlx::query_scalar!(
        r#"
        select count(*) as "count!"
        from (
            select
            from requests r
            join unnest($1::uuid[], $2::bigint[], $3::boolean[]) as a (id, epoch, frozen) on a.id = r.agent_id
            join unnest($8::uuid[], $9::text[], $10::integer[]) as c (agent_id, action, revision)
                on c.agent_id = r.agent_id and c.action = r.action and c.revision = r.revision
            where r.state in ('waiting', 'approved')
                and (r.state = 'waiting' or r.approved_epoch is distinct from a.epoch)
                and not a.frozen
                and coalesce(jsonb_path_query_array(r.pending, '$[*].queue') ?| $7, false)
                and (r.complete or not exists (
                    select from approvals v
                    join unnest($5::text[], $6::timestamptz[]) as m (queue, since) on m.queue = v.queue and m.since <= v.at
                    where v.request_id = r.id and v.person_id = $4 and v.digest = r.digest and v.epoch = a.epoch
                ) or exists (
                    select from unnest($5::text[], $6::timestamptz[]) as m (queue, since)
                    where r.pending @> jsonb_build_array(jsonb_build_object('queue', m.queue)) and not exists (
                        select from approvals v
                        where v.request_id = r.id and v.person_id = $4 and v.digest = r.digest and v.epoch = a.epoch
                            and v.queue = m.queue and m.since <= v.at
                    )
                ))
            limit $11
        ) counted
        "#,
        &of.agents,
        &of.epochs,
        &of.frozen,
        reader.0,
        &of.queues,
        &of.since,
        queues,
        &of.can.agents,
        &of.can.actions,
        &of.can.revisions,
        i64::from(MOST_WAITING),
    );
    Ok(u32::try_from(count.fetch_one(connection).await?).unwrap_or(MOST_WAITING))
}

/// A part of what waits, and a page of it.
pub struct Part<'a> {
    /// For any of these.
    pub queues: &'a [String],
    /// Of this agent, or of all.
    pub agent: Option<AgentId>,
    /// What the reader could decide now, or what they could not.
    pub now: bool,
    pub page: u32,
}

/// A page of what waits, what is due first before the rest.
///
/// Nothing here is null: `coalesce` keeps the planner from guessing that few rows fit, and so from reading all of them.
pub async fn waiting(
    connection: &mut PgConnection,
    control: &Control,
    reader: PersonId,
    part: Part<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<RequestRow>> {
    let of = Stands::of(control, reader);
    let lines = sqlx::query_as!(
        Line,
        r#"
        select r.id, r.agent_id, r.action,
            shown(r.agent_id, r.permission_version, r.action, r.sentence) as "sentence!", r.customer_id, r.amount_minor, r.currency, r.state, r.decision,
            r.asked_at, r.deadline, r.approved_epoch, r.pending, r.digest, r.revision
        from requests r
        join unnest($1::uuid[], $2::bigint[], $3::boolean[]) as a (id, epoch, frozen) on a.id = r.agent_id
        left join unnest($12::uuid[], $13::text[], $14::integer[]) as c (agent_id, action, revision)
            on c.agent_id = r.agent_id and c.action = r.action and c.revision = r.revision
        where r.state in ('waiting', 'approved')
            and (r.state = 'waiting' or r.approved_epoch is distinct from a.epoch)
            and coalesce(jsonb_path_query_array(r.pending, '$[*].queue') ?| $7, false)
            and ($8::uuid is null or r.agent_id = $8)
            and coalesce($9 = (not a.frozen and c.agent_id is not null and (r.complete or not exists (
                select from approvals v
                join unnest($5::text[], $6::timestamptz[]) as m (queue, since) on m.queue = v.queue and m.since <= v.at
                where v.request_id = r.id and v.person_id = $4 and v.digest = r.digest and v.epoch = a.epoch
            ) or exists (
                select from unnest($5::text[], $6::timestamptz[]) as m (queue, since)
                where r.pending @> jsonb_build_array(jsonb_build_object('queue', m.queue)) and not exists (
                    select from approvals v
                    where v.request_id = r.id and v.person_id = $4 and v.digest = r.digest and v.epoch = a.epoch
                        and v.queue = m.queue and m.since <= v.at
                )
            ))), false)
        order by r.falls_due, r.id
        limit $10
        offset $11
        "#,
        &of.agents,
        &of.epochs,
        &of.frozen,
        reader.0,
        &of.queues,
        &of.since,
        part.queues,
        part.agent.map(|agent| agent.0),
        part.now,
        i64::from(PAGE),
        i64::from(part.page) * i64::from(PAGE),
        &of.can.agents,
        &of.can.actions,
        &of.can.revisions,
    );
    let lines = lines.fetch_all(&mut *connection).await?;
    read(connection, lines, control, now).await
}

/// The agents, with what their requests are void or frozen by, and since when the reader's yeses count.
struct Stands {
    agents: Vec<Uuid>,
    epochs: Vec<i64>,
    frozen: Vec<bool>,
    queues: Vec<String>,
    since: Vec<DateTime<Utc>>,
    can: CanDo,
}

/// What each agent could carry out now, of which revision.
#[derive(Default)]
struct CanDo {
    agents: Vec<Uuid>,
    actions: Vec<String>,
    revisions: Vec<i32>,
}

impl CanDo {
    fn of(control: &Control) -> Self {
        let mut all = Self::default();
        for (agent, action, revision) in control.can_carry_out() {
            all.agents.push(agent.0);
            all.actions.push(action.to_owned());
            all.revisions.push(revision);
        }
        all
    }
}

impl Stands {
    fn of(control: &Control, reader: PersonId) -> Self {
        let agents: Vec<AgentId> = control.agents.keys().copied().collect();
        let mine = control.members.iter().filter_map(|(queue, of)| Some((queue.clone(), *of.get(&reader)?)));
        let (queues, since) = mine.unzip();
        Self {
            epochs: agents.iter().map(|agent| control.epoch(*agent)).collect(),
            frozen: agents.iter().map(|agent| control.stopped(*agent).is_some()).collect(),
            agents: agents.into_iter().map(|agent| agent.0).collect(),
            queues,
            since,
            can: CanDo::of(control),
        }
    }
}

/// When somebody decided last, or nobody did in time.
pub async fn last_decided(connection: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    let last = sqlx::query_scalar!(
        r#"
        select greatest(
            (select at from entries where kind = 'approved' order by at desc limit 1),
            (select at from entries where kind = 'rejected' order by at desc limit 1),
            (select at from entries where kind = 'expired' order by at desc limit 1)
        )
        "#
    );
    Ok(last.fetch_one(connection).await?)
}
