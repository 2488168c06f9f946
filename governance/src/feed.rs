//! The change feed: what was written since, safe for commits that come late.

use domain::{
    entry::Kind,
    id::{AgentId, EntryId, RequestId},
};

use crate::{Governance, Result, db};

/// Up to where the feed was read: every transaction below it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub transaction: i64,
    /// The last entry of that transaction that was read, if any.
    pub read: Option<EntryId>,
}

/// An entry that became visible.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub entry: EntryId,
    /// Its transaction, for resuming.
    pub transaction: i64,
    pub kind: Kind,
    pub agent: Option<AgentId>,
    pub request: Option<RequestId>,
}

/// A part of the feed.
pub struct Changes {
    pub changes: Vec<Changed>,
    /// Where to go on.
    pub next: Position,
    /// Whether there is more already.
    pub more: bool,
}

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
