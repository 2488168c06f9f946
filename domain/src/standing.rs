//! Who counts now, what is still needed, and until when: one answer for the page, the deadline job, a yes and a claim.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::{
    approval::{Given, Overdue, Pending, overdue},
    clock::Clock,
    id::PersonId,
};

/// A yes as it was given, and what its person may decide now.
#[derive(Clone, Debug, PartialEq)]
pub struct Yes {
    pub given: Given,
    pub digest: Vec<u8>,
    /// The stop epoch in which it was given.
    pub epoch: i64,
    /// The queues for which this person may decide now; none where they are disabled or their role decides nothing.
    pub may: BTreeSet<String>,
}

/// What holds now.
#[derive(Clone, Copy, Debug)]
pub struct Holds<'a> {
    pub digest: &'a [u8],
    pub epoch: i64,
    pub retired: bool,
    pub clock: &'a Clock,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The yeses that count, each with the queues for which it counts.
    pub counted: Vec<Given>,
    pub next: Next,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// To be decided before the request's clock reads this.
    Waits {
        until: DateTime<Utc>,
    },
    /// Everybody who is needed has said yes.
    Met,
    /// A queue did not decide in time, and another gets it.
    Escalates(Vec<Pending>),
    Over(Silence),
}

/// Why nobody's word is a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    Undecided,
    /// It was approved, and the agent did not claim it.
    Unclaimed,
    /// Its clock stood still for as long as it may.
    StoodStill,
    Retired,
}

pub fn standing(pending: &[Pending], yeses: &[Yes], now: &Holds<'_>) -> Standing {
    let counted = counted(pending, yeses, now);
    let next = if now.retired {
        Next::Over(Silence::Retired)
    } else if now.clock.is_spent() {
        Next::Over(Silence::StoodStill)
    } else {
        next(pending, &counted, now.clock.reads())
    };
    Standing { counted, next }
}

fn next(pending: &[Pending], counted: &[Given], reads: DateTime<Utc>) -> Next {
    match overdue(pending, counted, reads) {
        Some(Overdue::Expired) => return Next::Over(Silence::Undecided),
        Some(Overdue::Escalated(next)) => return Next::Escalates(next),
        None => {}
    }
    let open = pending.iter().filter(|p| crate::approval::given_in(&p.need.queue, counted) < p.need.needed);
    match open.map(|p| p.expires_at).min() {
        Some(until) => Next::Waits { until },
        // What asks for nobody was never decided by anybody.
        None if pending.is_empty() => Next::Over(Silence::Undecided),
        None => Next::Met,
    }
}

/// The yeses to exactly this, since the last stop, by people who may still decide it.
fn counted(pending: &[Pending], yeses: &[Yes], now: &Holds<'_>) -> Vec<Given> {
    let asked: BTreeSet<&String> = pending.iter().map(|p| &p.need.queue).collect();
    let holds = yeses.iter().filter(|yes| yes.digest == now.digest && yes.epoch == now.epoch);
    let mut counted: BTreeMap<PersonId, Given> = BTreeMap::new();
    for yes in holds {
        let counts = |queue: &&String| yes.may.contains(*queue) && asked.contains(queue);
        let queues: BTreeSet<String> = yes.given.queues.iter().filter(counts).cloned().collect();
        if !queues.is_empty() {
            counted.insert(yes.given.by, Given { queues, ..yes.given.clone() });
        }
    }
    counted.into_values().collect()
}
