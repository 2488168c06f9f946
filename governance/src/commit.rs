//! Committing what people change, so that the answer says only what is known.

use std::time::Duration;

use sqlx::{
    Postgres, Transaction,
    postgres::{PgDatabaseError, PgSeverity},
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    Error, Governance, Result,
    db::{self, commits::Written},
};

/// How long the answer of a commit is waited for.
const PATIENCE: Duration = Duration::from_secs(4);

/// How long a lost answer is looked up, and how often.
const LOOKING: Duration = Duration::from_secs(2);
const PACE: Duration = Duration::from_millis(100);

impl Governance {
    /// Commits a change. An answer that is lost is looked up; what cannot be found out is an error that says so.
    pub(crate) async fn commit(&self, mut tx: Transaction<'static, Postgres>) -> Result<()> {
        let written = db::commits::written(&mut tx).await?;
        match timeout(PATIENCE, tx.commit()).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) if was_refused(&error) => return Err(error.into()),
            Ok(Err(error)) => tracing::warn!(%error, "the answer of a commit was lost"),
            Err(_) => tracing::warn!("no answer of a commit came"),
        }
        let done = timeout(LOOKING, self.look_up(&written)).await;
        match done {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::Unavailable),
            Err(_) => Err(Error::Unknown),
        }
    }

    /// Whether it was committed; comes back only once that is known.
    async fn look_up(&self, written: &Written) -> bool {
        loop {
            let next = Instant::now() + PACE;
            if let Ok(Some(done)) = db::commits::outcome(&self.0.controls, written).await {
                return done;
            }
            sleep(next.saturating_duration_since(Instant::now())).await;
        }
    }
}

/// Whether the database said no. A session that it ends may have committed just before.
fn was_refused(error: &sqlx::Error) -> bool {
    let error = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    error.is_some_and(|error| error.severity() == PgSeverity::Error)
}
