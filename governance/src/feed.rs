//! The change feed: what was written since, safe for commits that come late.

use domain::{
    entry::Kind,
    id::{AgentId, EntryId, RequestId},
};

use crate::{Governance, Result, db};

/// Up to where the feed was read: every transaction below it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub i64);

/// An entry that became visible.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub entry: EntryId,
    /// Its transaction, for resuming.
    pub at: Position,
    pub kind: Kind,
    pub agent: Option<AgentId>,
    pub request: Option<RequestId>,
}

impl Governance {
    /// Where the feed stands now.
    pub async fn feed_position(&self) -> Result<Position> {
        db::feed::position(&self.0.pages).await
    }

    /// What was written from `since` on, at most 5000, and where to go on.
    pub async fn changes(&self, since: Position) -> Result<(Vec<Changed>, Position)> {
        db::feed::changes(&self.0.pages, since).await
    }
}
