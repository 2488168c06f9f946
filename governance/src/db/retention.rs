//! Deleting what was kept long enough. What is due, the functions in the migrations find out: this role may delete none of it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::AgentId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Result;

/// An agent's requests with all that belongs to them, or the entries about itself.
#[derive(Clone, Copy)]
pub enum Of {
    Requests,
    Entries,
}

/// What was deleted of a part that was looked at.
pub struct Gone {
    pub requests: i64,
    pub entries: i64,
    /// All of it is older; `None` where nothing may go.
    pub before: Option<DateTime<Utc>>,
    /// Where to go on after, unless it was the last part.
    pub reached: Option<Place>,
}

/// A time, and an id among those of that time.
pub type Place = (DateTime<Utc>, Uuid);

/// Lets the time go on that deleting goes by; gives by how much it is behind the time that is told.
pub async fn move_on(connection: &mut PgConnection) -> Result<TimeDelta> {
    let behind = sqlx::query_scalar!(r#"select extract(epoch from move_retention_on())::float8 as "behind!""#);
    Ok(TimeDelta::seconds(behind.fetch_one(connection).await? as i64))
}

/// Looks at the next `most` requests or entries of an agent, the oldest first, and deletes those that are due.
pub async fn delete(
    connection: &mut PgConnection,
    agent: AgentId,
    of: Of,
    after: Option<Place>,
    most: i32,
) -> Result<Gone> {
    let (after, after_id) = after.unzip();
    match of {
        Of::Requests => {
            let row = sqlx::query!(
                r#"
                select requests_gone as "requests!",
                    entries_gone as "entries!",
                    before,
                    reached,
                    reached_id
                from delete_requests($1, coalesce($2::timestamptz, '-infinity'), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'), $4)
                "#,
                agent.0,
                after as Option<DateTime<Utc>>,
                after_id as Option<Uuid>,
                most,
            );
            let row = row.fetch_one(connection).await?;
            let reached = row.reached.zip(row.reached_id);
            Ok(Gone { requests: row.requests, entries: row.entries, before: row.before, reached })
        }
        Of::Entries => {
            let row = sqlx::query!(
                r#"
                select entries_gone as "entries!",
                    before,
                    reached,
                    reached_id
                from delete_entries($1, coalesce($2::timestamptz, '-infinity'), coalesce($3::uuid, '00000000-0000-0000-0000-000000000000'), $4)
                "#,
                agent.0,
                after as Option<DateTime<Utc>>,
                after_id as Option<Uuid>,
                most,
            );
            let row = row.fetch_one(connection).await?;
            Ok(Gone { requests: 0, entries: row.entries, before: row.before, reached: row.reached.zip(row.reached_id) })
        }
    }
}

/// Deletes the oldest sums that no window reaches any more; gives of how many spans.
pub async fn delete_sums(connection: &mut PgConnection, agent: AgentId, most: i32) -> Result<i64> {
    let gone = sqlx::query_scalar!(r#"select delete_sums($1, $2) as "gone!""#, agent.0, most);
    Ok(gone.fetch_one(connection).await?)
}
