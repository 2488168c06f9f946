use domain::id::PersonId;
use sqlx::{PgConnection, PgPool};

use crate::{SessionRow, error::Result};

pub async fn create(pool: &PgPool, session: &SessionRow) -> Result<bool> {
    let done = sqlx::query!(
        "insert into sessions (id, data, expires_at) values ($1, $2, $3) on conflict do nothing",
        session.id,
        session.data,
        session.expires_at,
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

/// Only a session that exists is saved: one that was ended meanwhile stays ended.
pub async fn save(pool: &PgPool, session: &SessionRow) -> Result<()> {
    sqlx::query!(
        "update sessions set data = $2, expires_at = $3 where id = $1",
        session.id,
        session.data,
        session.expires_at,
    )
    .execute(pool)
    .await?;
    Ok(())
}

pub async fn load(pool: &PgPool, id: &str) -> Result<Option<SessionRow>> {
    let row = sqlx::query_as!(
        SessionRow,
        "select id, data, expires_at from sessions where id = $1 and expires_at > now()",
        id,
    );
    Ok(row.fetch_optional(pool).await?)
}

pub async fn delete(pool: &PgPool, id: &str) -> Result<()> {
    sqlx::query!("delete from sessions where id = $1", id).execute(pool).await?;
    Ok(())
}

/// Ends the sessions of a person.
pub async fn delete_of(connection: &mut PgConnection, person: PersonId) -> Result<()> {
    sqlx::query!("delete from sessions where data ->> 'person' = $1", person.to_string()).execute(connection).await?;
    Ok(())
}

pub async fn delete_expired(pool: &PgPool) -> Result<()> {
    sqlx::query!("delete from sessions where expires_at <= now()").execute(pool).await?;
    Ok(())
}
