//! Erasing what is kept of a customer. What happened stays, without anything that says to whom.

use domain::{
    entry::{CustomerErased, Detail, Name},
    folding::folded,
    role::Capability,
    view::erasing::CustomerView,
};
use serde_json::json;

use super::holds::need_id;
use crate::{Actor, Conflict, Governance, Result, db, entry::NewEntry, reasons::need_reason};

/// How many requests are erased at once: as much as a page waits for.
pub const MOST_ERASED: u32 = 5000;

impl Governance {
    /// What is kept of a customer, by the id that agents use, however it is written.
    pub async fn customer(&self, actor: &Actor, id: &str) -> Result<CustomerView> {
        self.allow(actor, Capability::Erase).await?;
        need_id(id)?;
        let mut connection = self.0.pages.acquire().await?;
        let (control, now) = self.control(&mut connection).await?;
        db::erasing::of(&mut connection, &control.mark_of_customer(&folded(id))?, id, now).await
    }

    /// Erases what is kept of a customer, [`MOST_ERASED`] requests at most; gives how many are left. `seen` is how many
    /// there were when somebody decided that.
    ///
    /// A conflict where there are others by now, where something must be kept, and where people have to decide first.
    pub async fn erase_customer(&self, actor: &Actor, id: &str, seen: u32, reason: &str) -> Result<u32> {
        let permit = self.allow(actor, Capability::Erase).await?;
        need_id(id)?;
        let reason = need_reason(reason)?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (control, now) = self.control(&mut tx).await?;
        let (mark, most) = (control.mark_of_customer(&folded(id))?, MOST_ERASED.cast_signed());
        db::erasing::lock(&mut tx, &mark, most).await?;
        let kept = db::erasing::of(&mut tx, &mark, id, now).await?;
        if kept.requests != seen || !kept.may_be_erased() {
            return Err(Conflict::ChangedMeanwhile.into());
        }

        let requests = kept.requests.min(MOST_ERASED);
        let left = kept.requests - requests;
        let (customer, of) = (Name::of(&mark), |n: u32| u64::from(n));
        let detail = Detail::CustomerErased(CustomerErased { customer, requests: of(requests), left: of(left) });
        let entry = NewEntry::new(detail, &permit).personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        db::erasing::erase(&mut tx, &mark, entry, most).await?;
        self.commit(tx).await?;
        Ok(left)
    }
}
