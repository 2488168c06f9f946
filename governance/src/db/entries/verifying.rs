use chrono::{DateTime, Utc};
use domain::{
    entry::Whole,
    id::{AgentId, EntryId, RequestId},
    json::canonical,
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{entry::hash_of, error::Result};

/// Entries read at once to be verified.
const VERIFIED: i64 = 1000;

/// What was found of some entries: how many were looked at, which are not as they were sealed, and the last of them.
pub struct Looked {
    pub count: usize,
    pub broken: Vec<EntryId>,
    pub last: Option<(DateTime<Utc>, EntryId)>,
}

/// Works the leaves of the entries after `after` out again, and the hashes of what lies beside them, unless that is erased.
pub async fn verify(pool: &PgPool, after: Option<(DateTime<Utc>, EntryId)>) -> Result<Looked> {
    let (at, id) = after.unwrap_or((DateTime::UNIX_EPOCH, EntryId(Uuid::nil())));
    let rows = sqlx::query!(
        r#"
        select e.id,
            e.at,
            e.format,
            e.kind,
            e.actor_kind,
            e.actor_id,
            e.job,
            e.agent_id,
            e.request_id,
            e.call,
            e.action,
            e.decision,
            e.detail,
            e.personal_hash,
            e.leaf,
            b.salt as "salt?",
            b.body as "body?"
        from entries e
        left join personal b on b.entry_id = e.id
        where (e.at, e.id) > ($1, $2)
        order by e.at, e.id
        limit $3
        "#,
        at,
        id.0,
        VERIFIED,
    );
    let rows = rows.fetch_all(pool).await?;
    let mut looked = Looked { count: rows.len(), broken: Vec::new(), last: None };
    for row in rows {
        let id = EntryId(row.id);
        looked.last = Some((row.at, id));
        let detail = canonical(&row.detail)?;
        let whole = Whole {
            format: row.format,
            id,
            at: row.at,
            kind: &row.kind,
            actor: (&row.actor_kind, row.actor_id),
            job: row.job.as_deref(),
            agent: row.agent_id.map(AgentId),
            request: row.request_id.map(RequestId),
            call: row.call,
            action: row.action.as_deref(),
            decision: row.decision.as_deref(),
            detail: &detail,
            personal_hash: row.personal_hash.as_deref(),
        };
        let beside = match (&row.salt, &row.body) {
            (Some(salt), Some(body)) => Some(hash_of(salt, body)),
            _ => None,
        };
        let as_sealed = whole.leaf()[..] == row.leaf[..];
        if !as_sealed || beside.is_some_and(|hash| row.personal_hash.as_deref() != Some(&hash[..])) {
            looked.broken.push(id);
        }
    }
    Ok(looked)
}
