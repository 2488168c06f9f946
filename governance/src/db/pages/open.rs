//! How much is open, be it that it waits or is approved.

use domain::{id::AgentId, view::MOST_WAITING};
use sqlx::PgConnection;

use crate::error::Result;

/// An agent, or what it would do by one revision of an action.
#[derive(Clone, Copy)]
pub struct Of<'a> {
    pub agent: AgentId,
    pub action: Option<(&'a str, i32)>,
}

/// How much of each part waits or is approved, counted up to [`MOST_WAITING`].
pub async fn count_open(connection: &mut PgConnection, parts: &[Vec<Of<'_>>]) -> Result<Vec<u32>> {
    let length = i32::try_from(parts.len()).unwrap_or(i32::MAX);
    let numbered = (0..length).zip(parts).flat_map(|(part, all)| all.iter().map(move |of| (part, of)));
    let (numbers, all): (Vec<i32>, Vec<&Of<'_>>) = numbered.unzip();
    let counts = sqlx::query_scalar!(
        r#"
        select c.count as "count!"
        from generate_series(0, $1::integer - 1) as p (part)
        cross join lateral (
            select count(*)
            from (
                select 1
                from (
                    select part,
                        rpad(kinds_of(agent, action, revision), 32, '0')::uuid as least,
                        rpad(kinds_of(agent, action, revision), 32, 'f')::uuid as most
                    from unnest($2::integer[], $3::uuid[], $4::text[], $5::integer[]) as k (part, agent, action, revision)
                ) k
                cross join lateral (
                    select 1
                    from requests r
                    where kind_of(r.agent_id, r.action, r.revision, r.pending) >= k.least
                        and kind_of(r.agent_id, r.action, r.revision, r.pending) <= k.most
                        and r.state in ('waiting', 'approved')
                    order by kind_of(r.agent_id, r.action, r.revision, r.pending)
                    limit $6
                ) r
                where k.part = p.part
                limit $6
            ) n
        ) c
        order by p.part
        "#,
        length,
        &numbers,
        &all.iter().map(|of| of.agent.0).collect::<Vec<_>>(),
        &all.iter().map(|of| of.action.map(|(action, _)| action)).collect::<Vec<_>>() as &[Option<&str>],
        &all.iter().map(|of| of.action.map(|(_, revision)| revision)).collect::<Vec<_>>() as &[Option<i32>],
        i64::from(MOST_WAITING),
    );
    let counts = counts.fetch_all(connection).await?.into_iter();
    Ok(counts.map(|count| u32::try_from(count).unwrap_or(MOST_WAITING)).collect())
}
