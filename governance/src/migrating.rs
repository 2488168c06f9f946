//! Bringing the schema up to date, by one process at a time.

use std::{str::FromStr, time::Duration};

use domain::fault::Fault;
use sqlx::{Connection, PgConnection, migrate::MigrateError, postgres::PgConnectOptions};

use crate::{
    db::{
        self,
        schema::{Applied, MIGRATOR},
    },
    error::Error,
};

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
    #[error("the schema was made by a newer `reins`, beside which this one cannot work: run that one")]
    Newer,
    #[error("the schema was made by another build of `reins`, whose migration {0} is not this one's: run that build")]
    Other(i64),
    #[error("the schema cannot be brought up to date, and is as it was: see above")]
    Failed,
}

/// Brings the schema up to date as its owner, and lets the role of `server_url` use it. One that is newer, and that this
/// program may work on, stays as it is.
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
    let applied = db::schema::applied(&mut connection).await.map_err(NotMigrated::failed)?;
    match applied.last() {
        Some((newest, _)) if *newest > db::schema::newest() => stay(&mut connection, &applied).await?,
        _ => MIGRATOR.run(&mut connection).await.map_err(NotMigrated::told)?,
    }
    let numbered = db::feed::go_on_numbering(&mut connection).await;
    numbered.map_err(NotMigrated::failed)?;
    if server.get_username() != owner.get_username() {
        let let_in = db::schema::let_in(&mut connection, server.get_username()).await;
        let_in.map_err(NotMigrated::failed)?;
    }
    let _ = connection.close().await;
    Ok(())
}

/// Looks whether a newer schema was made of this program's, and lets it work.
async fn stay(connection: &mut PgConnection, applied: &[Applied]) -> Result<(), NotMigrated> {
    if db::schema::least(connection).await.map_err(NotMigrated::failed)? > db::schema::newest() {
        return Err(NotMigrated::Newer);
    }
    for known in MIGRATOR.iter() {
        match applied.iter().find(|(version, _)| *version == known.version) {
            Some((_, checksum)) if *checksum == *known.checksum => {}
            _ => return Err(NotMigrated::Other(known.version)),
        }
    }
    tracing::info!("the schema was made by a newer `reins`, beside which this one can work");
    Ok(())
}

async fn wait_for_turn(connection: &mut PgConnection) -> Result<(), NotMigrated> {
    let turn = async {
        db::schema::wait_at_most(connection, PATIENCE).await?;
        if !db::schema::try_lock(connection).await? {
            tracing::info!("another process brings the schema up to date, and is waited for");
            db::schema::lock(connection).await?;
        }
        Ok(())
    };
    turn.await.map_err(NotMigrated::failed)
}

impl NotMigrated {
    fn failed(error: sqlx::Error) -> Self {
        Self::told(error.into())
    }

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

pub(crate) fn connect_options(url: &str) -> crate::Result<PgConnectOptions> {
    PgConnectOptions::from_str(url)
        .map_err(|_| Error::Invalid(Fault::Other, "the database address cannot be read".to_owned()))
}
