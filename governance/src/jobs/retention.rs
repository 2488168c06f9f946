//! What was kept for as long as its agent's permissions say is deleted.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    entry::{Deleted, Detail},
    id::AgentId,
    words,
};
use tokio::time::{Instant, sleep};

use super::LeftOver;
use crate::{
    Governance, Result,
    db::{
        self,
        retention::{Of, Place},
    },
    entry::NewEntry,
    permit::Permit,
};

/// Requests, or entries of an agent itself, that are looked at in one transaction: some hundredths of a second's worth.
const AT_ONCE: i32 = 500;

/// After each, nothing is done for as many times as long as it took: so it goes slower while much else is done.
const REST: u32 = 1;

/// What is not done by then is left to the next time, which is soon.
const WORKS: Duration = Duration::from_secs(55 * 60);

/// People are told when deleting is behind by more.
const BEHIND: TimeDelta = TimeDelta::days(1);

impl Governance {
    /// Deletes what is due of each agent, but of those that cannot be read: how long theirs is kept is not known. Safe to run
    /// on every replica at once.
    pub async fn retain(&self) -> Result<LeftOver> {
        let end = Instant::now() + WORKS;
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        let behind = db::retention::move_on(&mut connection).await?;
        drop(connection);

        let agents = control.agents.iter().filter(|(_, agent)| !agent.unreadable && agent.permissions.is_some());
        for (agent, _) in agents {
            for of in [Of::Requests, Of::Entries] {
                let mut place = None;
                loop {
                    let begun = Instant::now();
                    place = self.delete_part(*agent, of, place).await?;
                    if begun >= end {
                        return Ok(None);
                    }
                    if place.is_none() {
                        break;
                    }
                    sleep(begun.elapsed() * REST).await;
                }
            }
            let mut connection = self.0.pages.acquire().await?;
            while db::retention::delete_sums(&mut connection, *agent, AT_ONCE).await? >= i64::from(AT_ONCE) {}
        }
        Ok((behind > BEHIND).then(|| {
            let behind = words::span(behind.num_seconds());
            format!(
                "what came due in the last {behind} is left for now, as the clock has jumped forward, or nothing ran for so \
                 long. Where the clock is wrong, set it right; where it is right, this catches up by itself"
            )
        }))
    }

    /// Gives where to go on.
    async fn delete_part(&self, agent: AgentId, of: Of, after: Option<Place>) -> Result<Option<Place>> {
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let gone = db::retention::delete(&mut tx, agent, of, after, AT_ONCE).await?;
        let number = |n: i64| u64::try_from(n).unwrap_or_default();
        let (requests, entries) = (number(gone.requests), number(gone.entries));
        if let Some(before) = gone.before
            && requests + entries > 0
        {
            let detail = Detail::Deleted(Deleted { requests, entries, before });
            NewEntry::new(detail, &Permit::of_job("retention")).agent(agent).write(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(gone.reached)
    }
}
