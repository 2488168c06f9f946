use domain::id::EntryId;
use sqlx::{PgConnection, PgPool};

use crate::error::Result;

/// What tells later whether a transaction was committed.
pub struct Written {
    xid: String,
    /// One that it has written, if any.
    entry: Option<EntryId>,
}

pub async fn written(connection: &mut PgConnection) -> Result<Written> {
    let row = sqlx::query!(
        r#"
        select pg_current_xact_id()::text as "xid!",
            (
                select id from entries
                where xid = pg_current_xact_id()::text::bigint + (select feed_base from control)
                limit 1
            ) as entry
        "#
    );
    let row = row.fetch_one(connection).await?;
    Ok(Written { xid: row.xid, entry: row.entry.map(EntryId) })
}

/// `None` while it is not known.
///
/// That it was committed is known by its entry alone: a database that was restored, or that crashed, may give the number
/// of a transaction to another one.
pub async fn outcome(pool: &PgPool, written: &Written) -> Result<Option<bool>> {
    let row = sqlx::query!(
        r#"
        select exists (select from entries where id = $1) as "there!",
            pg_xact_status($2::text::xid8) as status
        "#,
        written.entry.map(|id| id.0),
        written.xid,
    );
    let row = row.fetch_one(pool).await?;
    Ok(match (row.there, row.status.as_deref()) {
        (true, _) => Some(true),
        (false, Some("aborted")) => Some(false),
        _ => None,
    })
}
