use chrono::TimeDelta;

use super::LeftOver;
use crate::{Governance, Result, db};

impl Governance {
    /// Forgets what is over.
    pub async fn tidy(&self) -> Result<()> {
        while db::sessions::delete_expired(&self.0.pages).await? > 0 {}
        while db::people::forget_old_attempts(&self.0.pages).await? > 0 {}
        let mut connection = self.0.pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        db::jobs::forget_replicas(&mut connection, now - TimeDelta::days(1)).await
    }

    /// Makes room for the coming months' entries; `false` where somebody reads the record just now, to be tried again.
    pub async fn make_room(&self) -> Result<bool> {
        let made = db::entries::make_partitions(&self.0.pages).await;
        self.0.counts.room(*made.as_ref().unwrap_or(&false));
        made
    }

    pub(super) async fn work_on_months(&self) -> Result<LeftOver> {
        let whole = self.make_room().await?;
        Ok((!whole).then(|| "somebody reads the record just now, so no room could be made in it".to_owned()))
    }
}
