//! What happens by itself: deadlines pass, outcomes stay away, old sessions go.

use domain::{
    approval::{self, Overdue},
    entry::Kind,
    id::RequestId,
    state::State,
};
use serde_json::json;

use crate::{
    Governance, Result,
    db::{self, requests::Move},
    record::{NewEntry, Who},
};

impl Governance {
    /// Moves requests whose time is over; gives how many. Safe to run on every replica at once.
    pub async fn pass_deadlines(&self) -> Result<u32> {
        let (mut moved, mut failed) = (0, None);
        for id in db::pages::overdue(&self.0.pages).await? {
            match self.pass_deadline(id).await {
                Ok(done) => moved += u32::from(done),
                // One that cannot be read must not keep the others open.
                Err(error) => {
                    tracing::error!(request = %id, %error, "a deadline cannot be passed");
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) if moved == 0 => Err(error),
            _ => Ok(moved),
        }
    }

    async fn pass_deadline(&self, id: RequestId) -> Result<bool> {
        let (mut tx, control, now) = self.begin_decision().await?;
        let Some(stored) = db::requests::find_for_update(&mut tx, id).await? else { return Ok(false) };
        if stored.deadline.is_none_or(|deadline| now < deadline) {
            return Ok(false);
        }
        let entry = |kind| NewEntry::new(kind, Who::System).agent(stored.agent).request(id).action(&stored.ask.action);
        let (step, entry) = match stored.state {
            State::Granted if now < stored_end(&stored) => return Ok(false),
            State::Granted => (Move::end(State::Granted, State::Unknown), entry(Kind::OutcomeUnknown)),
            State::Approved => {
                (Move::end(State::Approved, State::Expired), entry(Kind::Expired).detail(json!({ "unclaimed": true })))
            }
            State::Waiting => {
                let epoch = control.epoch(stored.agent);
                let given = db::approvals::given(&mut tx, id, &stored.digest, epoch).await?;
                match approval::overdue(&stored.pending, &given, now) {
                    None => return Ok(false),
                    Some(Overdue::Expired) => (Move::end(State::Waiting, State::Expired), entry(Kind::Expired)),
                    Some(Overdue::Escalated(pending)) => {
                        db::requests::set_pending(&mut tx, id, &pending).await?;
                        let queues: Vec<_> = pending.iter().map(|p| p.need.queue.clone()).collect();
                        let deadline = approval::deadline(&pending);
                        let step = Move { deadline, ..Move::end(State::Waiting, State::Waiting) };
                        (step, entry(Kind::Escalated).detail(json!({ "to": queues })))
                    }
                }
            }
            _ => return Ok(false),
        };
        db::requests::advance(&mut tx, now, id, step).await?;
        entry.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Makes room for the coming months' entries; `false` where somebody reads the record just now, to be tried again.
    pub async fn make_room(&self) -> Result<bool> {
        db::entries::make_partitions(&self.0.pages).await
    }

    /// Forgets what is over.
    pub async fn tidy(&self) -> Result<()> {
        db::sessions::delete_expired(&self.0.pages).await?;
        db::people::forget_old_attempts(&self.0.pages).await
    }
}

/// When an outcome that has not come is given up.
fn stored_end(stored: &db::requests::Stored) -> chrono::DateTime<chrono::Utc> {
    let end = stored.deadline.unwrap_or(stored.changed_at);
    end + chrono::TimeDelta::seconds(domain::state::OUTCOME_SECONDS)
}
