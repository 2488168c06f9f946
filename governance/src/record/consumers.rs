//! Whoever follows the record and has to meet each entry exactly once, on one replica at a time, whatever happens meanwhile.

use sqlx::{Postgres, Transaction};

use crate::{
    Governance, Result,
    db::{self, feed::Part},
};

/// What a consumer works now. What it writes in this transaction is committed together with how far it has come; where it is
/// dropped, none of it was done, and all of it comes again.
pub(crate) struct Taken {
    pub tx: Transaction<'static, Postgres>,
    pub part: Part,
    consumer: &'static str,
}

impl Governance {
    /// Takes at most `most` entries that a consumer has not worked yet; `None` when there are none, or while another replica
    /// is at it.
    ///
    /// The transaction holds the whole feed back, of pages and agents as well, until it is done: it has to be short.
    pub(crate) async fn take_part(&self, consumer: &'static str, most: i64) -> Result<Option<Taken>> {
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let Some(since) = db::consumers::take(&mut tx, consumer).await? else { return Ok(None) };
        let Some(part) = db::feed::part(&mut tx, since, most).await? else { return Ok(None) };
        Ok(Some(Taken { tx, part, consumer }))
    }
}

impl Taken {
    pub async fn done(mut self) -> Result<()> {
        db::consumers::move_on(&mut self.tx, self.consumer, self.part.next).await?;
        Ok(self.tx.commit().await?)
    }
}
