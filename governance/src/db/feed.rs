use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    id::{AgentId, EntryId, RequestId},
};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::error::{Result, corrupt};

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

/// What was read of the feed.
#[derive(Clone, Debug)]
pub struct Changes {
    pub changes: Vec<Changed>,
    /// Where to go on.
    pub next: Position,
    /// Whether there is more already.
    pub more: bool,
}

/// A part of the feed that is not empty: the first `most` entries after `since`, of transactions before `until`.
pub struct Part {
    pub since: Position,
    pub until: i64,
    pub most: i64,
    /// Where to go on.
    pub next: Position,
}

const MOST: i64 = 5000;

pub async fn position(connection: &mut PgConnection) -> Result<Position> {
    let oldest = sqlx::query_scalar!(
        r#"select feed_base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint as "xid!" from control"#
    );
    Ok(Position { transaction: oldest.fetch_one(connection).await?, read: None })
}

/// After an entry that is at most a day old.
pub async fn position_of(pool: &PgPool, entry: EntryId, now: DateTime<Utc>) -> Result<Option<Position>> {
    let xid = sqlx::query_scalar!(
        "select xid from entries where id = $1 and at > $2::timestamptz - interval '1 day'",
        entry.0,
        now,
    );
    Ok(xid.fetch_optional(pool).await?.map(|transaction| Position { transaction, read: Some(entry) }))
}

/// Entries of transactions from `since` up to the oldest that still runs: a late commit is met by a later call.
pub async fn changes(connection: &mut PgConnection, since: Position) -> Result<Changes> {
    let until = position(connection).await?;
    let rows = sqlx::query_as!(
        Row,
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
        since.id(),
        MOST,
    );
    Ok(read(rows.fetch_all(connection).await?, until))
}

/// The same of what an agent is told: what became of its requests, what was changed of it, and stops of everything. What it
/// has asked it was answered.
pub async fn changes_of(connection: &mut PgConnection, agent: AgentId, since: Position) -> Result<Changes> {
    let until = position(connection).await?;
    let rows = sqlx::query_as!(
        Row,
        r#"
        select id as "id!",
            xid as "xid!",
            kind as "kind!",
            agent_id,
            request_id
        from (
            (
                select id, xid, kind, agent_id, request_id
                from entries
                where agent_id = $5 and kind <> 'asked' and xid >= $1 and xid < $2 and (xid > $1 or id > $3)
                order by xid, id
                limit $4
            )
            union all
            (
                select id, xid, kind, agent_id, request_id
                from entries
                where agent_id is null and kind in ('stopped', 'released') and kind <> 'asked'
                    and xid >= $1 and xid < $2 and (xid > $1 or id > $3)
                order by xid, id
                limit $4
            )
        ) e
        order by xid, id
        limit $4
        "#,
        since.transaction,
        until.transaction,
        since.id(),
        MOST,
        agent.0,
    );
    Ok(read(rows.fetch_all(connection).await?, until))
}

/// The next part for whoever works it in this transaction; `None` when there is nothing new.
pub async fn part(connection: &mut PgConnection, since: Position, most: i64) -> Result<Option<Part>> {
    let until = position(connection).await?;
    if until < since {
        return Err(corrupt("the numbers of transactions, which went back: run `reins migrate`"));
    }
    let last = sqlx::query!(
        r#"
        select id as "id!",
            xid as "xid!",
            count(*) over () as "count!"
        from (
            select id, xid
            from entries
            where xid >= $1 and xid < $2 and (xid > $1 or id > $3)
            order by xid, id
            limit $4
        ) e
        order by xid desc, id desc
        limit 1
        "#,
        since.transaction,
        until.transaction,
        since.id(),
        most,
    );
    let part = last.fetch_optional(connection).await?.map(|last| {
        // A full part may end within a transaction, which is read on from there.
        let within = Position { transaction: last.xid, read: Some(EntryId(last.id)) };
        Part { since, until: until.transaction, most, next: if last.count == most { within } else { until } }
    });
    Ok(part)
}

/// Goes on numbering above what is there, where the database was restored; as the owner of the schema.
pub async fn go_on_numbering(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select go_on_numbering()").execute(connection).await?;
    Ok(())
}

impl Position {
    /// What entries of its transaction come after.
    pub fn id(&self) -> Uuid {
        self.read.map_or(Uuid::nil(), |entry| entry.0)
    }
}

impl Changed {
    /// Whether it was not read yet by whoever has come so far.
    pub fn is_after(&self, position: &Position) -> bool {
        (self.transaction, self.entry.0) > (position.transaction, position.id())
    }
}

struct Row {
    id: Uuid,
    xid: i64,
    kind: String,
    agent_id: Option<Uuid>,
    request_id: Option<Uuid>,
}

fn read(rows: Vec<Row>, until: Position) -> Changes {
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
    Changes { changes: changes.collect(), next, more: full }
}
