//! How the record is read.

use chrono::{Datelike, NaiveDate};
use domain::{
    role::Capability,
    view::{RecordFilter, RecordPage},
};

use crate::{Actor, Governance, db, error::Result};

impl Governance {
    /// A page of the record, the newest first.
    pub async fn record(&self, actor: &Actor, filter: &RecordFilter) -> Result<RecordPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        // A year that PostgreSQL does not know is as good as none.
        let known = |day: &NaiveDate| (1900..=9999).contains(&day.year());
        let filter = RecordFilter { from: filter.from.filter(known), to: filter.to.filter(known), ..filter.clone() };
        db::entries::page(&self.0.pages, &filter, &control.names, now).await
    }
}
