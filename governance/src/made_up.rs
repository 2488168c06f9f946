//! The clock of a database in which everything is made up, in the hand of its owner.

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};

use crate::{db, error::Result, migrating::connect_options};

/// A past in the making: time is what it is set to, until it ends.
pub struct MadeUp(PgConnection);

impl MadeUp {
    /// Needs the schema's owner.
    pub async fn connect(owner_url: &str) -> Result<Self> {
        Ok(Self(PgConnection::connect_with(&connect_options(owner_url)?).await?))
    }

    /// Whether a past was begun and did not come to its end.
    pub async fn is_begun(&mut self) -> Result<bool> {
        db::made_up::is_begun(&mut self.0).await
    }

    /// Says of a database that nobody is in that what comes into it is made up; gives the time.
    pub async fn begin(&mut self) -> Result<DateTime<Utc>> {
        db::made_up::begin(&mut self.0).await?;
        db::made_up::time(&mut self.0).await
    }

    /// Has Reins tell this time, on all replicas; from there it goes on.
    pub async fn set_clock(&mut self, at: DateTime<Utc>) -> Result<()> {
        db::made_up::set_clock(&mut self.0, at).await
    }

    /// Has Reins tell the database's time.
    pub async fn end(&mut self) -> Result<()> {
        db::made_up::end(&mut self.0).await
    }

    /// Forgets a past that was begun and did not come to its end, and the schema with it.
    pub async fn forget(&mut self) -> Result<()> {
        db::made_up::forget(&mut self.0).await
    }
}
