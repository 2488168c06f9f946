//! The register of replicas.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{Governance, Result, db, db::jobs::Beat};

const BEAT: Duration = Duration::from_secs(5);

/// A silent connection keeps nobody from the next beat.
const PATIENCE: Duration = Duration::from_secs(4);

impl Governance {
    /// Says every few seconds that this replica is there. Comes back never.
    pub async fn stay_present(&self, name: &str, version: &str) {
        let mut started_at = None;
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            let beat = async {
                let mut connection = self.0.pages.acquire().await?;
                let now = db::control::head(&mut connection).await?.now;
                // What cannot be read is not known here; that it is there is true all the same.
                let control = self.control(&mut connection).await.ok().map(|(control, _)| control);
                let revision = control.or_else(|| self.remembered()).map(|control| control.revision.number);
                let started_at = *started_at.get_or_insert(now);
                db::jobs::beat(&mut connection, &Beat { id: self.0.replica, name, version, started_at, revision }, now)
                    .await
            };
            // Whoever looks sees it gone, and the jobs say what is wrong with the database.
            let _: std::result::Result<Result<()>, _> = timeout(PATIENCE, beat).await;
        }
    }

    /// Says that this replica ends, and lets others have at once what it worked on.
    pub async fn leave(&self) -> Result<()> {
        let mut connection = self.0.pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        db::runs::let_go(&mut connection, self.0.replica, now).await?;
        db::jobs::leave(&mut connection, self.0.replica, now).await
    }
}
