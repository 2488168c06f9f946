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

        // In no order: whose turn comes last when there is much to do is another each time.
        let agents = control.agents.iter().filter(|(_, agent)| !agent.unreadable && agent.permissions.is_some());
        let (mut left, mut failed, mut went_well) = (Vec::new(), Vec::new(), false);
        for (id, agent) in agents {
            // What fails of one agent keeps no other's.
            match self.delete_of(*id, end).await {
                Ok(true) => went_well = true,
                Ok(false) => {
                    left.push("there is more than is done at a time: this goes on soon".to_owned());
                    break;
                }
                Err(error) => failed.push((&agent.link.slug, error)),
            }
        }
        let others = failed.len().saturating_sub(1);
        if let Some((slug, error)) = failed.into_iter().next() {
            if !went_well {
                return Err(error);
            }
            let and = if others == 0 { String::new() } else { format!(" and of {others} others") };
            left.push(format!("what is due of {slug}{and} is left for now: {error}"));
        }
        if behind > BEHIND {
            let behind = words::span(behind.num_seconds());
            left.push(format!(
                "what came due in the last {behind} is left for now, as the clock has jumped forward, or nothing ran for so \
                 long. Where the clock is wrong, set it right; where it is right, this catches up by itself"
            ));
        }
        Ok((!left.is_empty()).then(|| left.join("; ")))
    }

    /// Deletes what is due of one agent; `false`: not all, as it is the end.
    async fn delete_of(&self, agent: AgentId, end: Instant) -> Result<bool> {
        for of in [Of::Requests, Of::Entries] {
            let mut place = None;
            loop {
                let begun = Instant::now();
                if begun >= end {
                    return Ok(false);
                }
                place = self.delete_part(agent, of, place).await?;
                if place.is_none() {
                    break;
                }
                sleep(begun.elapsed() * REST).await;
            }
        }
        while Instant::now() < end {
            let begun = Instant::now();
            let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
            // Refused where the schema has left this program behind.
            db::control::head(&mut tx).await?;
            let gone = db::retention::delete_sums(&mut tx, agent, AT_ONCE).await?;
            tx.commit().await?;
            if gone < i64::from(AT_ONCE) {
                return Ok(true);
            }
            sleep(begun.elapsed() * REST).await;
        }
        Ok(false)
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
