//! The brand that this deployment serves.

use crate::{Actor, Governance, Result, db};
use domain::role::Capability;

impl Governance {
    /// Names the brand, its time zone, and whether its data is made up.
    pub async fn describe_shop(&self, actor: &Actor, brand: &str, time_zone: &str, demo: bool) -> Result<()> {
        self.allow(actor, Capability::Govern).await?;
        let mut tx = self.0.pages.begin().await?;
        db::control::set_shop(&mut tx, brand, time_zone, demo).await?;
        tx.commit().await?;
        Ok(())
    }
}
