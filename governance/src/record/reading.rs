//! How the record is read.

use chrono::{Datelike, NaiveDate};
use domain::{
    folding::folded,
    id::EntryId,
    role::Capability,
    view::{RecordFilter, RecordPage},
};

use crate::{Actor, Governance, db, error::Result};

/// What came of working out again what entries were sealed with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub entries: u64,
    /// Those that are not as they were sealed, or beside which lies something else than was hashed.
    pub broken: Vec<EntryId>,
}

impl Governance {
    /// Works out again what all entries were sealed with. What was erased beside an entry breaks none.
    pub async fn verify(&self, actor: &Actor) -> Result<Verified> {
        self.allow(actor, Capability::Look).await?;
        let mut verified = Verified::default();
        let mut after = None;
        loop {
            let looked = db::entries::verify(&self.0.pages, after).await?;
            verified.entries += looked.count as u64;
            verified.broken.extend(looked.broken);
            match looked.last {
                Some(last) => after = Some(last),
                None => return Ok(verified),
            }
        }
    }

    /// A page of the record, the newest first.
    pub async fn record(&self, actor: &Actor, filter: &RecordFilter) -> Result<RecordPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        // A year that PostgreSQL does not know is as good as none.
        let known = |day: &NaiveDate| (1900..=9999).contains(&day.year());
        let filter = RecordFilter { from: filter.from.filter(known), to: filter.to.filter(known), ..filter.clone() };
        let mark = filter.customer.as_deref().map(|id| control.mark_of_customer(&folded(id))).transpose()?;
        db::entries::page(&self.0.pages, &filter, mark.as_deref(), &control.names, now).await
    }
}
