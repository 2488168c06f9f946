use chrono::{DateTime, Utc};
use domain::{decision::Need, id::AgentId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{control::Control, error::Result};

/// What several requests that wait need alike.
pub struct Needed {
    pub needs: Vec<Need>,
    pub count: u32,
    pub oldest: DateTime<Utc>,
}

/// All that waits, by what it needs.
pub async fn needed(connection: &mut PgConnection, control: &Control) -> Result<Vec<Needed>> {
    let agents: Vec<AgentId> = control.agents.keys().copied().collect();
    let epochs: Vec<i64> = agents.iter().map(|agent| control.epoch(*agent)).collect();
    let rows = sqlx::query!(
        r#"
        select n.needs as "needs!",
            count(*) as "count!",
            min(n.asked_at) as "oldest!"
        from (
            select r.asked_at,
                (
                    select coalesce(jsonb_agg(p - 'expires_at' - 'rules' - 'within_s' || '{"rules": [], "within_s": 0}'), '[]')
                    from jsonb_array_elements(r.pending) p
                ) as needs
            from requests r
            join unnest($1::uuid[], $2::bigint[]) as a (id, epoch) on a.id = r.agent_id
            where r.state in ('waiting', 'approved')
                and (r.state = 'waiting' or r.approved_epoch is distinct from a.epoch)
        ) n
        group by n.needs
        "#,
        &agents.iter().map(|agent| agent.0).collect::<Vec<Uuid>>(),
        &epochs,
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        Ok(Needed {
            needs: serde_json::from_value(row.needs)?,
            count: u32::try_from(row.count).unwrap_or(u32::MAX),
            oldest: row.oldest,
        })
    });
    rows.collect()
}
