//! The change feed: what was written since, safe for commits that come late.

use domain::id::EntryId;

use crate::{
    Governance, Result,
    db::{
        self,
        feed::{Changes, Position},
    },
};

impl Governance {
    /// Where to resume after an entry that was seen; `None` when there is no such entry, or it is older than a day.
    pub async fn position_after(&self, seen: EntryId) -> Result<Option<Position>> {
        db::feed::position_of(&self.0.pages, seen).await
    }

    /// Where the feed stands now.
    pub async fn feed_position(&self) -> Result<Position> {
        db::feed::position(&self.0.pages).await
    }

    /// What was written from `since` on, at most 5000.
    pub async fn changes(&self, since: Position) -> Result<Changes> {
        db::feed::changes(&self.0.pages, since).await
    }
}
