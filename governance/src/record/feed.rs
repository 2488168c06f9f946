//! The change feed: what was written since, safe for commits that come late.

use domain::id::{AgentId, EntryId};

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
        let (_, now) = self.control_now().await?;
        db::feed::position_of(&self.0.pages, seen, now).await
    }

    /// Where the feed stands now.
    pub async fn feed_position(&self) -> Result<Position> {
        db::feed::position(&mut *self.0.pages.acquire().await?).await
    }

    /// What was written from `since` on, at most 5000.
    pub async fn changes(&self, since: Position) -> Result<Changes> {
        db::feed::changes(&mut *self.0.pages.acquire().await?, since).await
    }

    /// The same of what an agent is told, however much else was written.
    pub async fn changes_of(&self, agent: AgentId, since: Position) -> Result<Changes> {
        db::feed::changes_of(&mut *self.0.pages.acquire().await?, agent, since).await
    }
}
