//! Bringing the schema up to date, by one process at a time.

use std::{str::FromStr, time::Duration};

use domain::fault::Fault;
use sqlx::{
    Connection, PgConnection,
    migrate::{MigrateError, Migrator},
    postgres::PgConnectOptions,
};

use crate::{db, error::Error};

static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// The oldest PostgreSQL that is supported, as it numbers itself.
const OLDEST: u32 = 15_00_00;

/// How long another process, or a session that holds a table, is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the schema was not brought up to date, in words for whoever set it up.
#[derive(Debug, thiserror::Error)]
pub enum NotMigrated {
    #[error("REINS_MIGRATE_URL or DATABASE_URL has to look like `postgres://role:password@host/database`")]
    Address,
    #[error(
        "the database does not let REINS_MIGRATE_URL in, or does not answer; the schema was not changed: see above"
    )]
    NotReached,
    #[error("PostgreSQL 15 or later is needed, and this is {}.{}", .0 / 10_000, .0 % 10_000)]
    TooOld(u32),
    #[error(
        "another process has worked on the schema for {} s: when it is done, start this again",
        PATIENCE.as_secs()
    )]
    Waited,
    #[error("the schema was made by a newer `reins`: run that one")]
    Newer,
    #[error("the schema was made by another build of `reins`, whose migration {0} is not this one's: run that build")]
    Other(i64),
    #[error("the schema cannot be brought up to date, and is as it was: see above")]
    Failed,
}

/// Brings the schema up to date as its owner, and lets the role of `server_url` use it.
///
/// Replicas that start together do this one after the other: also what follows the migrations changes tables that all of
/// them would change.
pub async fn migrate(owner_url: &str, server_url: &str) -> Result<(), NotMigrated> {
    let address = |url| connect_options(url).map_err(|_| NotMigrated::Address);
    let (owner, server) = (address(owner_url)?, address(server_url)?);
    let mut connection = PgConnection::connect_with(&owner).await.map_err(|error| {
        tracing::error!(%error, "the database cannot be reached as the owner of its schema");
        NotMigrated::NotReached
    })?;
    if let Some(version) = connection.server_version_num().filter(|version| *version < OLDEST) {
        return Err(NotMigrated::TooOld(version));
    }

    // The lock is the session's, and ends with it.
    wait_for_turn(&mut connection).await?;
    MIGRATOR.run(&mut connection).await.map_err(NotMigrated::told)?;
    let numbered = db::feed::go_on_numbering(&mut connection).await;
    numbered.map_err(|error| NotMigrated::told(error.into()))?;
    if server.get_username() != owner.get_username() {
        let let_in = db::control::grant_server(&mut connection, server.get_username()).await;
        let_in.map_err(|error| NotMigrated::told(error.into()))?;
    }
    let _ = connection.close().await;
    Ok(())
}

async fn wait_for_turn(connection: &mut PgConnection) -> Result<(), NotMigrated> {
    let turn = async {
        db::control::wait_at_most(connection, PATIENCE).await?;
        if !db::control::try_lock_schema(connection).await? {
            tracing::info!("another process brings the schema up to date, and is waited for");
            db::control::lock_schema(connection).await?;
        }
        Ok(())
    };
    turn.await.map_err(|error: sqlx::Error| NotMigrated::told(error.into()))
}

impl NotMigrated {
    fn told(error: MigrateError) -> Self {
        let database = match &error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.as_database_error(),
            _ => None,
        };
        let why = match &error {
            MigrateError::VersionMissing(_) => Self::Newer,
            MigrateError::VersionMismatch(version) => Self::Other(*version),
            // A lock was not to be had in time.
            _ if database.and_then(|refused| refused.code()).as_deref() == Some("55P03") => Self::Waited,
            _ => Self::Failed,
        };
        tracing::error!(%error, "the schema cannot be brought up to date");
        why
    }
}

pub(crate) fn newest_migration() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default()
}

pub(crate) fn connect_options(url: &str) -> crate::Result<PgConnectOptions> {
    PgConnectOptions::from_str(url)
        .map_err(|_| Error::Invalid(Fault::Other, "the database address cannot be read".to_owned()))
}
