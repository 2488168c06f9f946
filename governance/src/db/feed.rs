use domain::{
    entry::Kind,
    id::{AgentId, EntryId, RequestId},
};
use sqlx::PgPool;

use crate::{
    Changed, Position,
    error::{Result, corrupt},
};

const MOST: i64 = 5000;

pub async fn position(pool: &PgPool) -> Result<Position> {
    let xmin = sqlx::query_scalar!(r#"select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as "xmin!""#);
    Ok(Position(xmin.fetch_one(pool).await?))
}

/// Entries of transactions from `since` up to the oldest that still runs: a late commit is met by a later call.
pub async fn changes(pool: &PgPool, since: Position) -> Result<(Vec<Changed>, Position)> {
    let until = position(pool).await?;
    let rows = sqlx::query!(
        r#"
        select id,
            xid,
            kind,
            agent_id,
            request_id
        from entries
        where xid >= $1 and xid < $2
        order by xid, id
        limit $3
        "#,
        since.0,
        until.0,
        MOST,
    );
    let mut changes = Vec::new();
    for row in rows.fetch_all(pool).await? {
        changes.push(Changed {
            entry: EntryId(row.id),
            at: Position(row.xid),
            kind: Kind::parse(&row.kind).ok_or_else(|| corrupt("entries.kind"))?,
            agent: row.agent_id.map(AgentId),
            request: row.request_id.map(RequestId),
        });
    }
    // A full page may end within a transaction: that one is read again, whole, next time.
    let full = changes.len() == MOST as usize;
    let next = match changes.last() {
        Some(last) if full && last.at > since => last.at,
        _ => until,
    };
    if full {
        changes.retain(|change| change.at < next || next == until);
    }
    Ok((changes, next))
}
