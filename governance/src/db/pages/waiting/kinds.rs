//! The kinds of what waits, of each agent up to a bound.

use std::collections::{BTreeSet, HashMap};

use domain::{
    approval::Pending,
    decision::Need,
    id::{AgentId, PersonId},
    kept,
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Reader, Waiting};
use crate::{control::Control, error::Result};

/// How many kinds of each agent are read. Of agents with more, those are read as well that have something among what is due
/// first, of which each has its share of [`FIRST_DUE`].
const MOST_KINDS: usize = 200;
const FIRST_DUE: usize = 1000;

pub(super) struct Kind {
    pub id: Uuid,
    pub agent: AgentId,
    pub needs: Vec<Need>,
    /// How many of the queues that it waits for are the reader's.
    pub mine: i32,
    /// Its agent could not carry it out any more.
    pub in_vain: bool,
}

impl Kind {
    /// What cannot be read waits for no queue.
    fn new(
        control: &Control,
        mine: &[String],
        id: Uuid,
        agent: Uuid,
        (action, revision): (&str, Option<i32>),
        pending: Value,
    ) -> Self {
        let agent = AgentId(agent);
        let pending: Vec<Pending> = kept::read_all(pending).unwrap_or_default();
        let needs = Vec::from_iter(pending.into_iter().map(|asked| asked.need));
        let asked = BTreeSet::from_iter(needs.iter().map(|need| &need.queue));
        let mine = asked.iter().filter(|queue| mine.contains(**queue)).count();
        Self {
            id,
            agent,
            mine: i32::try_from(mine).unwrap_or(i32::MAX),
            in_vain: control.in_vain(agent, action, revision).is_some(),
            needs,
        }
    }
}

impl<'a> Waiting<'a> {
    pub async fn read(connection: &mut PgConnection, control: &'a Control, reader: Option<PersonId>) -> Result<Self> {
        let mine = control.members.iter().filter_map(|(queue, of)| Some((queue.clone(), *of.get(&reader?)?)));
        let (queues, since): (Vec<String>, _) = mine.unzip();
        // What an agent asks that is not known yet is there the next time.
        let agents: Vec<Uuid> = control.agents.keys().map(|agent| agent.0).collect();
        let rows = sqlx::query!(
            r#"
            select k.kind as "kind!",
                k.agent_id as "agent_id!",
                k.action as "action!",
                k.revision,
                k.pending as "pending!"
            from (
                select rpad(kinds_of(id), 32, '0')::uuid as least,
                    rpad(kinds_of(id), 32, 'f')::uuid as most
                from unnest($1::uuid[]) as id
            ) a
            cross join lateral (
                with recursive kinds as (
                    (
                        select kind_of(agent_id, action, revision, pending) as kind, agent_id, action, revision, pending
                        from requests
                        where state in ('waiting', 'approved')
                            and kind_of(agent_id, action, revision, pending) >= a.least
                            and kind_of(agent_id, action, revision, pending) <= a.most
                        order by kind_of(agent_id, action, revision, pending)
                        limit 1
                    )
                    union all
                    select next.kind, next.agent_id, next.action, next.revision, next.pending
                    from kinds k
                    cross join lateral (
                        select kind_of(agent_id, action, revision, pending) as kind, agent_id, action, revision, pending
                        from requests
                        where state in ('waiting', 'approved')
                            and kind_of(agent_id, action, revision, pending) > k.kind
                            and kind_of(agent_id, action, revision, pending) <= a.most
                        order by kind_of(agent_id, action, revision, pending)
                        limit 1
                    ) next
                )
                select kind, agent_id, action, revision, pending from kinds limit $2
            ) k
            "#,
            &agents,
            MOST_KINDS as i64 + 1,
        );
        let mut kinds: HashMap<Uuid, Kind> = HashMap::new();
        let mut of_agents: HashMap<AgentId, usize> = HashMap::new();
        for row in rows.fetch_all(&mut *connection).await? {
            *of_agents.entry(AgentId(row.agent_id)).or_default() += 1;
            let kind = Kind::new(control, &queues, row.kind, row.agent_id, (&row.action, row.revision), row.pending);
            kinds.insert(row.kind, kind);
        }
        let cut: BTreeSet<AgentId> =
            of_agents.into_iter().filter(|(_, kinds)| *kinds > MOST_KINDS).map(|(agent, _)| agent).collect();
        if !cut.is_empty() {
            let rows = sqlx::query!(
                r#"
                select distinct on (r.kind) r.kind as "kind!",
                    r.agent_id as "agent_id!",
                    r.action as "action!",
                    r.revision,
                    r.pending as "pending!"
                from unnest($1::uuid[]) as a (id)
                cross join lateral (
                    select kind_of(agent_id, action, revision, pending) as kind, agent_id, action, revision, pending
                    from requests
                    where agent_id = a.id and state = 'waiting'
                    order by falls_due, id
                    limit $2
                ) r
                "#,
                &cut.iter().map(|agent| agent.0).collect::<Vec<_>>(),
                (FIRST_DUE / cut.len()).max(1) as i64,
            );
            for row in rows.fetch_all(connection).await? {
                let kind =
                    Kind::new(control, &queues, row.kind, row.agent_id, (&row.action, row.revision), row.pending);
                kinds.insert(row.kind, kind);
            }
        }
        let reader = Reader { id: reader.map_or(Uuid::nil(), |id| id.0), queues, since };
        Ok(Self { control, kinds: kinds.into_values().collect(), reader, cut })
    }
}
