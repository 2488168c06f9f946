//! What only the owner of the schema may say.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::error::Result;

/// Waits for no disk until the clock is the database's own again: what was not made whole is made anew.
pub async fn begin(owner: &mut PgConnection) -> Result<()> {
    sqlx::query!("set synchronous_commit = off").execute(&mut *owner).await?;
    sqlx::query!("update control set demo = true").execute(owner).await?;
    Ok(())
}

pub async fn time(owner: &mut PgConnection) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!(r#"select told_now() as "now!""#).fetch_one(owner).await?)
}

pub async fn set_clock(owner: &mut PgConnection, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!("select set_clock($1)", at).execute(owner).await?;
    Ok(())
}

pub async fn end(owner: &mut PgConnection) -> Result<()> {
    sqlx::query!("set synchronous_commit = on").execute(&mut *owner).await?;
    sqlx::query!("update control set ahead = '0'").execute(owner).await?;
    Ok(())
}

pub async fn is_begun(owner: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select ahead <> '0' as "begun!" from control"#).fetch_one(owner).await?)
}

/// Away with all of it, but only where it is made up and not whole.
pub async fn forget(owner: &mut PgConnection) -> Result<()> {
    if is_begun(owner).await? {
        sqlx::query!("drop schema public cascade").execute(&mut *owner).await?;
        sqlx::query!("create schema public").execute(owner).await?;
    }
    Ok(())
}
