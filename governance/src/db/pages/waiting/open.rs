//! How much is open of some kinds, be it that it waits or is approved.

use domain::{id::AgentId, view::MOST_WAITING};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Waiting;
use crate::error::Result;

impl Waiting<'_> {
    /// The kinds that could be carried out now, and are of these agents and actions.
    pub fn able_kinds(&self, is_in: impl Fn(AgentId, &str) -> bool) -> Vec<Uuid> {
        let kinds = self.kinds.iter().filter(|kind| !kind.in_vain && is_in(kind.agent, &kind.action));
        kinds.map(|kind| kind.id).collect()
    }

    /// The kinds of an agent.
    pub fn kinds_of(&self, agent: AgentId) -> Vec<Uuid> {
        self.kinds.iter().filter(|kind| kind.agent == agent).map(|kind| kind.id).collect()
    }
}

/// How much waits or is approved of the kinds of each part, counted up to [`MOST_WAITING`].
pub async fn count_open(connection: &mut PgConnection, parts: &[Vec<Uuid>]) -> Result<Vec<u32>> {
    let length = i32::try_from(parts.len()).unwrap_or(i32::MAX);
    let numbered = (0..length).zip(parts).flat_map(|(part, of)| of.iter().map(move |kind| (part, *kind)));
    let (numbers, kinds): (Vec<i32>, Vec<Uuid>) = numbered.unzip();
    let counts = sqlx::query_scalar!(
        r#"
        select c.count as "count!"
        from generate_series(0, $1::integer - 1) as p (part)
        cross join lateral (
            select count(*)
            from (
                select 1
                from unnest($2::integer[], $3::uuid[]) as k (part, kind)
                cross join lateral (
                    select 1
                    from requests r
                    where kind_of(r.agent_id, r.action, r.revision, r.pending) = k.kind and r.state in ('waiting', 'approved')
                    order by r.falls_due, r.id
                    limit $4
                ) r
                where k.part = p.part
                limit $4
            ) n
        ) c
        order by p.part
        "#,
        length,
        &numbers,
        &kinds,
        i64::from(MOST_WAITING),
    );
    let counts = counts.fetch_all(connection).await?.into_iter();
    Ok(counts.map(|count| u32::try_from(count).unwrap_or(MOST_WAITING)).collect())
}
