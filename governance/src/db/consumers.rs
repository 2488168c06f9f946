use domain::id::EntryId;
use sqlx::PgConnection;

use super::feed::Position;
use crate::error::Result;

/// How far a consumer has come, locked until the end of the transaction; `None` while another replica is at it.
pub async fn take(connection: &mut PgConnection, name: &str) -> Result<Option<Position>> {
    let row = sqlx::query!("select xid, entry_id from consumers where name = $1 for update skip locked", name);
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| Position {
        transaction: row.xid,
        read: Some(EntryId(row.entry_id)).filter(|entry| !entry.0.is_nil()),
    }))
}

pub async fn move_on(connection: &mut PgConnection, name: &str, next: Position) -> Result<()> {
    sqlx::query!("update consumers set xid = $2, entry_id = $3 where name = $1", name, next.transaction, next.id(),)
        .execute(connection)
        .await?;
    Ok(())
}
