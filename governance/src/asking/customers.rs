//! What the brand says of its customers.

use std::collections::BTreeSet;

use domain::{
    entry::{CustomersSynced, Detail},
    fault::Fault,
    role::Capability,
    seen,
};

use crate::{Actor, CustomerFacts, Error, Governance, Result, db, entry::NewEntry};

impl Governance {
    /// Puts the brand's list in place of what was known of these customers; others stay.
    pub async fn sync_customers(&self, actor: &Actor, customers: &[CustomerFacts]) -> Result<()> {
        let permit = self.allow(actor, Capability::Govern).await?;
        let mut listed = BTreeSet::new();
        for CustomerFacts { id, .. } in customers {
            let twice = (!listed.insert(id)).then(|| "stands twice".to_owned());
            if let Some(fault) = seen::unfit_id(id).or(twice) {
                return Err(Error::Invalid(Fault::Other, format!("the customer `{}` {fault}", seen::in_one_line(id))));
            }
        }
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (control, now) = self.control(&mut tx).await?;
        for part in customers.chunks(1000) {
            db::pages::put_customers(&mut tx, &control, part, now).await?;
        }
        let detail = Detail::CustomersSynced(CustomersSynced { customers: customers.len() as u64 });
        NewEntry::new(detail, &permit).write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
