//! The schema: the migrations that made it, and which programs may work on it.

use std::time::Duration;

use sqlx::{PgConnection, PgPool, migrate::Migrator};

use crate::error::{Error, Result};

pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// The newest migration that this program knows: its version, where it comes to what the schema asks for.
pub fn newest() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Nothing is read or written by a program that the schema has left behind.
pub fn need_version(least: i64) -> Result<()> {
    if least <= newest() {
        return Ok(());
    }
    tracing::error!(
        least,
        here = newest(),
        "the schema needs a newer `reins` than this one, which does nothing any more"
    );
    Err(Error::Unavailable)
}

/// How a schema stands to this program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fit {
    /// It is this program's, or a newer one that this program may work on.
    Fits,
    /// It lacks migrations that this program knows.
    Behind,
    /// It needs a newer program.
    Ahead,
}

pub async fn fit(pool: &PgPool) -> std::result::Result<Fit, sqlx::Error> {
    let applied = sqlx::query_scalar::<_, i64>("select coalesce(max(version), 0) from _sqlx_migrations where success");
    if applied.fetch_one(pool).await? < newest() {
        return Ok(Fit::Behind);
    }
    let least = sqlx::query_scalar!("select least_version from control").fetch_one(pool).await?;
    Ok(if least > newest() { Fit::Ahead } else { Fit::Fits })
}

/// A migration that was applied, by its version, and its checksum.
pub type Applied = (i64, Vec<u8>);

/// The oldest first.
pub async fn applied(connection: &mut PgConnection) -> std::result::Result<Vec<Applied>, sqlx::Error> {
    let made = sqlx::query_scalar::<_, bool>("select to_regclass('public._sqlx_migrations') is not null");
    if !made.fetch_one(&mut *connection).await? {
        return Ok(Vec::new());
    }
    let applied = sqlx::query_as("select version, checksum from _sqlx_migrations where success order by version");
    applied.fetch_all(connection).await
}

/// The oldest program that may work on the schema.
pub async fn least(connection: &mut PgConnection) -> std::result::Result<i64, sqlx::Error> {
    sqlx::query_scalar!("select least_version from control").fetch_one(connection).await
}

/// Has the server's role do what it may.
pub async fn let_in(connection: &mut PgConnection, role: &str) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("select grant_server($1::text::name)").bind(role).execute(connection).await?;
    Ok(())
}

/// Of all work on the schema; sqlx's own lock is let go before the server's role is let in.
const LOCK: i64 = 90_457_536_090_881;

/// How long the statements of a session wait for any lock.
pub async fn wait_at_most(connection: &mut PgConnection, time: Duration) -> std::result::Result<(), sqlx::Error> {
    let time = format!("{}ms", time.as_millis());
    sqlx::query_scalar!("select set_config('lock_timeout', $1, false)", time).fetch_one(connection).await?;
    Ok(())
}

/// `false` when another session has it.
pub async fn try_lock(connection: &mut PgConnection) -> std::result::Result<bool, sqlx::Error> {
    let got = sqlx::query_scalar!(r#"select pg_try_advisory_lock($1) as "got!""#, LOCK);
    got.fetch_one(connection).await
}

pub async fn lock(connection: &mut PgConnection) -> std::result::Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_lock($1)", LOCK).execute(connection).await?;
    Ok(())
}
