use std::time::Duration;

use domain::id::PersonId;
use sqlx::{PgConnection, PgPool};

use crate::error::Result;

pub async fn begin(pool: &PgPool, hash: &[u8; 32], person: PersonId, lasts: Duration) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into sessions (hash, person_id, expires_at)
        values ($1, $2, told_now() + make_interval(secs => $3))
        on conflict do nothing
        "#,
        hash,
        person.0,
        lasts.as_secs_f64(),
    );
    Ok(done.execute(pool).await?.rows_affected() == 1)
}

pub async fn person(pool: &PgPool, hash: &[u8; 32]) -> Result<Option<PersonId>> {
    let id = sqlx::query_scalar!("select person_id from sessions where hash = $1 and expires_at > told_now()", hash);
    Ok(id.fetch_optional(pool).await?.map(PersonId))
}

pub async fn end(pool: &PgPool, hash: &[u8; 32]) -> Result<()> {
    sqlx::query!("delete from sessions where hash = $1", hash).execute(pool).await?;
    Ok(())
}

/// Ends the sessions of a person.
pub async fn end_of(connection: &mut PgConnection, person: PersonId) -> Result<()> {
    sqlx::query!("delete from sessions where person_id = $1", person.0).execute(connection).await?;
    Ok(())
}

/// Deletes at most 1,000 that are over; gives how many.
pub async fn delete_expired(pool: &PgPool) -> Result<u64> {
    let done = sqlx::query!(
        "delete from sessions where hash in (select hash from sessions where expires_at <= told_now() limit 1000)"
    );
    Ok(done.execute(pool).await?.rows_affected())
}
