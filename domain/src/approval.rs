//! What is asked of people, and what they said.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{decision::Need, id::PersonId, permission::Otherwise, standing::are_met};

/// One person's yes, and the queues for which it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    pub by: PersonId,
    pub queues: BTreeSet<String>,
    pub at: DateTime<Utc>,
    pub note: String,
}

/// A need with its deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    #[serde(flatten)]
    pub need: Need,
    pub expires_at: DateTime<Utc>,
}

/// What becomes of a request whose earliest deadline has passed.
#[derive(Clone, Debug, PartialEq)]
pub enum Overdue {
    /// Nobody decided in time, and that is a no.
    Expired,
    /// Another queue gets it.
    Escalated(Vec<Pending>),
}

/// How many different people of the queue have said yes.
pub fn given_in(queue: &str, given: &[Given]) -> u32 {
    let people: BTreeSet<PersonId> = given.iter().filter(|g| g.queues.contains(queue)).map(|g| g.by).collect();
    u32::try_from(people.len()).unwrap_or(u32::MAX)
}

/// Starts the clocks.
pub fn pending(needs: Vec<Need>, now: DateTime<Utc>) -> Vec<Pending> {
    needs.into_iter().map(|need| Pending { expires_at: after(now, need.within_s), need }).collect()
}

/// When the request has to be decided; the earliest deadline counts.
pub fn deadline(pending: &[Pending]) -> Option<DateTime<Utc>> {
    pending.iter().map(|p| p.expires_at).min()
}

/// What follows when `now` is past the earliest deadline; `None` while it is not.
///
/// An escalation runs once and then ends in a rejection; it never becomes a yes.
pub fn overdue(pending_needs: &[Pending], given: &[Given], now: DateTime<Utc>) -> Option<Overdue> {
    let needs: Vec<Need> = pending_needs.iter().map(|pending| pending.need.clone()).collect();
    // Enough may have said yes for each, and be too few for all.
    let few = !are_met(&needs, given);
    let late = |p: &&Pending| {
        p.expires_at <= now && (given_in(&p.need.queue, given) < p.need.needed || few && !p.need.same_person)
    };
    if !pending_needs.iter().any(|p| late(&p)) {
        return None;
    }
    let mut next = Vec::new();
    for pending in pending_needs {
        if !late(&pending) {
            next.push(pending.clone());
            continue;
        }
        let Otherwise::Escalate { queue, within_s } = &pending.need.otherwise else { return Some(Overdue::Expired) };
        let need =
            Need { queue: queue.clone(), within_s: *within_s, otherwise: Otherwise::Reject, ..pending.need.clone() };
        next.push(Pending { expires_at: after(now, *within_s), need });
    }
    Some(Overdue::Escalated(next))
}

pub(crate) fn after(now: DateTime<Utc>, seconds: u32) -> DateTime<Utc> {
    // Beyond the calendar's end there is no time left.
    now.checked_add_signed(chrono::TimeDelta::seconds(i64::from(seconds))).unwrap_or(now)
}
