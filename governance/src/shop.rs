//! The brand that this deployment serves.

use crate::{Actor, Error, Governance, Result, db};
use domain::role::Capability;

impl Governance {
    /// Names the brand, its time zone, and whether its data is made up.
    pub async fn describe_shop(&self, actor: &Actor, brand: &str, time_zone: &str, demo: bool) -> Result<()> {
        self.allow(actor, Capability::Govern).await?;
        let (mut tx, _) = self.begin_control().await?;
        if !db::control::is_time_zone(&mut tx, time_zone).await? {
            return Err(Error::Invalid(format!("`{time_zone}` is not a time zone, such as `Europe/Berlin`")));
        }
        db::control::set_shop(&mut tx, brand, time_zone, demo).await?;
        tx.commit().await?;
        Ok(())
    }
}
