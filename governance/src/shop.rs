//! The brand that this deployment serves.

use domain::{
    entry::{Detail, Nothing},
    fault::Fault,
    role::Capability,
};
use serde_json::json;

use crate::{Actor, Error, Governance, Result, db, entry::NewEntry};

impl Governance {
    /// Names the brand and its time zone.
    pub async fn describe_shop(&self, actor: &Actor, brand: &str, time_zone: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let (mut tx, now) = self.begin_control().await?;
        if !db::control::is_time_zone(&mut tx, time_zone).await? {
            return Err(Error::Invalid(
                Fault::Other,
                format!("`{time_zone}` is not a time zone, such as `Europe/Berlin`"),
            ));
        }
        db::control::set_shop(&mut tx, brand, time_zone).await?;
        let entry = NewEntry::new(Detail::ShopDescribed(Nothing {}), &permit);
        entry.personal(json!({ "brand": brand, "time_zone": time_zone }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
