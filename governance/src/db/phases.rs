use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, PersonId},
    phase::{Phase, Stands},
    view::PhaseView,
};
use sqlx::PgConnection;

use crate::{
    error::{Result, corrupt},
    id,
};

/// Where an agent stands, by what its row and its open phase say.
pub fn read(retired: bool, phase: Option<&str>, was_live: bool) -> Result<Stands> {
    let phase = phase.map(|name| Phase::parse(name).ok_or_else(|| corrupt("agent_phases.kind"))).transpose()?;
    Ok(Stands { retired, phase, was_live })
}

pub async fn stands(connection: &mut PgConnection, agent: AgentId) -> Result<Stands> {
    let carry_out = Phase::ALL.into_iter().filter(|phase| phase.mode() == Phase::Live.mode());
    let row = sqlx::query!(
        r#"
        select a.retired_at is not null as "retired!",
            h.kind as "phase?",
            exists (select from agent_phases l where l.agent_id = a.id and l.kind = any ($2)) as "was_live!"
        from agents a
        left join agent_phases h on h.agent_id = a.id and h.ended_at is null
        where a.id = $1
        "#,
        agent.0,
        &carry_out.map(|phase| phase.name().to_owned()).collect::<Vec<_>>(),
    );
    let row = row.fetch_one(connection).await?;
    read(row.retired, row.phase.as_deref(), row.was_live)
}

/// Ends the phase that is open, and begins another.
pub async fn begin(
    connection: &mut PgConnection,
    agent: AgentId,
    phase: Phase,
    by: PersonId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    end(connection, agent, now).await?;
    sqlx::query!(
        "insert into agent_phases (id, agent_id, kind, began_at, began_by, why) values ($1, $2, $3, $4, $5, $6)",
        id::next(),
        agent.0,
        phase.name(),
        now,
        by.0,
        why,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn retire(connection: &mut PgConnection, agent: AgentId, now: DateTime<Utc>) -> Result<()> {
    end(connection, agent, now).await?;
    sqlx::query!("update agents set retired_at = $2 where id = $1", agent.0, now).execute(connection).await?;
    Ok(())
}

async fn end(connection: &mut PgConnection, agent: AgentId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update agent_phases set ended_at = $2 where agent_id = $1 and ended_at is null", agent.0, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// The phases of an agent, the newest first, at most 100.
pub async fn of_agent(connection: &mut PgConnection, agent: AgentId) -> Result<Vec<PhaseView>> {
    let rows = sqlx::query!(
        r#"
        select h.kind,
            h.began_at,
            h.ended_at,
            h.why,
            p.name as by
        from agent_phases h
        join people p on p.id = h.began_by
        where h.agent_id = $1
        order by h.began_at desc, h.id desc
        limit 100
        "#,
        agent.0,
    );
    // Where this version of Reins does not know one, the agent counts as stopped, and its page says so.
    let read = rows.fetch_all(connection).await?.into_iter().filter_map(|row| {
        let phase = Phase::parse(&row.kind)?;
        Some(PhaseView { phase, began_at: row.began_at, ended_at: row.ended_at, by: row.by, why: row.why })
    });
    Ok(read.collect())
}
