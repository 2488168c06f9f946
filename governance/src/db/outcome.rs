use chrono::{DateTime, Utc};
use domain::{
    id::{AgentId, EntryId, PersonId, RequestId},
    view::{AgentLink, BreachView},
};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{Feedback, error::Result};

pub async fn set(connection: &mut PgConnection, id: RequestId, outcome: &Value) -> Result<()> {
    sqlx::query!("update requests set outcome = $2 where id = $1", id.0, outcome).execute(connection).await?;
    Ok(())
}

pub async fn add_breach(
    connection: &mut PgConnection,
    entry: EntryId,
    request: RequestId,
    agent: AgentId,
    at: DateTime<Utc>,
    detail: &str,
) -> Result<()> {
    sqlx::query!(
        "insert into breaches (entry_id, request_id, agent_id, at, detail) values ($1, $2, $3, $4, $5)",
        entry.0,
        request.0,
        agent.0,
        at,
        detail,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Breaches that nobody has looked at, the oldest first, at most 50.
pub async fn open_breaches(pool: &PgPool) -> Result<Vec<BreachView>> {
    let rows = sqlx::query!(
        r#"
        select b.entry_id,
            b.request_id,
            b.detail,
            b.at,
            r.sentence,
            a.id as agent_id,
            a.slug,
            a.name
        from breaches b
        join requests r on r.id = b.request_id
        join agents a on a.id = b.agent_id
        where b.settled_at is null
        order by b.at
        limit 50
        "#
    );
    let rows = rows.fetch_all(pool).await?;
    let read = rows.into_iter().map(|row| BreachView {
        entry: EntryId(row.entry_id),
        request: RequestId(row.request_id),
        agent: AgentLink { id: AgentId(row.agent_id), slug: row.slug, name: row.name },
        sentence: row.sentence,
        detail: row.detail,
        at: row.at,
    });
    Ok(read.collect())
}

pub async fn settle_breach(
    connection: &mut PgConnection,
    entry: EntryId,
    by: PersonId,
    now: DateTime<Utc>,
    note: &str,
) -> Result<Option<(AgentId, RequestId)>> {
    let row = sqlx::query!(
        r#"
        update breaches
        set settled_by = $2,
            settled_at = $3,
            settled_note = $4
        where entry_id = $1 and settled_at is null
        returning agent_id, request_id
        "#,
        entry.0,
        by.0,
        now,
        note,
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (AgentId(row.agent_id), RequestId(row.request_id))))
}

pub async fn has_open_complaint(connection: &mut PgConnection, request: RequestId) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"
        select exists (
            select from feedback where request_id = $1 and kind = 'complaint' and resolved_at is null
        ) as "found!"
        "#,
        request.0,
    );
    Ok(found.fetch_one(connection).await?)
}

/// Resolves the complaints about a request; `None` when none is open, or else whose agent it is.
pub async fn resolve_complaints(
    connection: &mut PgConnection,
    request: RequestId,
    now: DateTime<Utc>,
) -> Result<Option<AgentId>> {
    let agents = sqlx::query_scalar!(
        r#"
        update feedback set resolved_at = $2
        where request_id = $1 and kind = 'complaint' and resolved_at is null
        returning agent_id
        "#,
        request.0,
        now,
    );
    Ok(agents.fetch_all(connection).await?.pop().map(AgentId))
}

/// Somebody else than the agent says that it failed; `false` where that was known.
pub async fn confirm_failure(connection: &mut PgConnection, request: RequestId) -> Result<bool> {
    let done = sqlx::query!(
        "update requests set failure_confirmed = true where id = $1 and not failure_confirmed",
        request.0,
    );
    Ok(done.execute(connection).await?.rows_affected() > 0)
}

pub async fn failure_is_confirmed(connection: &mut PgConnection, request: RequestId) -> Result<bool> {
    let found = sqlx::query_scalar!("select failure_confirmed from requests where id = $1", request.0);
    Ok(found.fetch_one(connection).await?)
}

pub struct NewFeedback {
    pub id: Uuid,
    pub request: RequestId,
    pub agent: AgentId,
    pub customer: Option<String>,
    pub from_agent: bool,
    pub at: DateTime<Utc>,
}

pub async fn add_feedback(connection: &mut PgConnection, row: &NewFeedback, feedback: &Feedback) -> Result<()> {
    sqlx::query!(
        r#"
        insert into feedback (id, request_id, agent_id, customer_id, kind, score, note, from_agent, at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        row.id,
        row.request.0,
        row.agent.0,
        row.customer,
        feedback.kind.name(),
        feedback.score,
        feedback.note,
        row.from_agent,
        row.at,
    )
    .execute(connection)
    .await?;
    Ok(())
}
