use domain::{
    entry::Kind,
    id::{AgentId, EntryId, RequestId},
};
use sqlx::PgPool;
use uuid::Uuid;

use crate::error::Result;

/// Up to where the feed was read: every transaction below it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub transaction: i64,
    /// The last entry of that transaction that was read, if any.
    pub read: Option<EntryId>,
}

/// An entry that became visible.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub entry: EntryId,
    /// Its transaction, for resuming.
    pub transaction: i64,
    pub kind: Kind,
    pub agent: Option<AgentId>,
    pub request: Option<RequestId>,
}

/// A part of the feed.
pub struct Changes {
    pub changes: Vec<Changed>,
    /// Where to go on.
    pub next: Position,
    /// Whether there is more already.
    pub more: bool,
}

const MOST: i64 = 5000;

pub async fn position(pool: &PgPool) -> Result<Position> {
    let xmin = sqlx::query_scalar!(r#"select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as "xmin!""#);
    Ok(Position { transaction: xmin.fetch_one(pool).await?, read: None })
}

pub async fn position_of(pool: &PgPool, entry: EntryId) -> Result<Option<Position>> {
    let xid = sqlx::query_scalar!("select xid from entries where id = $1 and at > now() - interval '1 day'", entry.0,);
    Ok(xid.fetch_optional(pool).await?.map(|transaction| Position { transaction, read: Some(entry) }))
}

/// Entries of transactions from `since` up to the oldest that still runs: a late commit is met by a later call.
pub async fn changes(pool: &PgPool, since: Position) -> Result<Changes> {
    let until = position(pool).await?;
    let rows = sqlx::query!(
        r#"
        select id,
            xid,
            kind,
            agent_id,
            request_id
        from entries
        where xid >= $1 and xid < $2 and (xid > $1 or id > $3)
        order by xid, id
        limit $4
        "#,
        since.transaction,
        until.transaction,
        since.read.map_or(Uuid::nil(), |entry| entry.0),
        MOST,
    );
    let rows = rows.fetch_all(pool).await?;
    // A full page may end within a transaction, which is read on from there.
    let full = rows.len() == MOST as usize;
    let next = match rows.last() {
        Some(last) if full => Position { transaction: last.xid, read: Some(EntryId(last.id)) },
        _ => until,
    };
    let changes = rows.into_iter().filter_map(|row| {
        Some(Changed {
            entry: EntryId(row.id),
            transaction: row.xid,
            // A newer replica may write kinds that this one does not know.
            kind: Kind::parse(&row.kind)?,
            agent: row.agent_id.map(AgentId),
            request: row.request_id.map(RequestId),
        })
    });
    Ok(Changes { changes: changes.collect(), next, more: full })
}
