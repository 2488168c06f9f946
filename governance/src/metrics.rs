//! How this replica stands and what it has done since it began, for whoever watches it: numbers that name nobody.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use domain::decision::Verdict;
use tokio::time::Instant;

use crate::{Asked, Governance, histogram::Histogram, pool::PoolStands};

/// How many asks a group holds.
const GROUPS: &[u64] = &[1, 2, 4, 8, 16, 32, 64];

/// What is counted as it happens.
pub(crate) struct Counts {
    decisions: [AtomicU64; Verdict::NAMES.len()],
    pub groups: Histogram,
    pub control_loads: AtomicU64,
    /// By job and end.
    jobs: Mutex<BTreeMap<[&'static str; 2], u64>>,
    has_room: Mutex<Option<(bool, Instant)>>,
}

/// What was seen of the record's room is told for so long: another replica may look by now.
const ROOM_IS_GOOD_FOR: Duration = Duration::from_secs(180);

impl Default for Counts {
    fn default() -> Self {
        Self {
            decisions: Default::default(),
            groups: Histogram::new(GROUPS),
            control_loads: AtomicU64::new(0),
            jobs: Mutex::default(),
            has_room: Mutex::default(),
        }
    }
}

impl Counts {
    /// A decision that is committed.
    pub fn decided(&self, asked: &Asked) {
        if let Some(place) = Verdict::NAMES.iter().position(|name| *name == asked.decision) {
            self.decisions[place].fetch_add(1, Relaxed);
        }
    }

    /// A job that this replica has worked on.
    pub fn job(&self, name: &'static str, end: &'static str) {
        *self.jobs.lock().unwrap_or_else(PoisonError::into_inner).entry([name, end]).or_default() += 1;
    }

    /// Whether the record has room for the months to come.
    pub fn room(&self, is_made: bool) {
        *self.has_room.lock().unwrap_or_else(PoisonError::into_inner) = Some((is_made, Instant::now()));
    }

    fn has_room(&self) -> Option<bool> {
        let seen = *self.has_room.lock().unwrap_or_else(PoisonError::into_inner);
        seen.filter(|(_, at)| at.elapsed() < ROOM_IS_GOOD_FOR).map(|(is_made, _)| is_made)
    }
}

pub struct Metrics<'a> {
    /// Asks that were decided and are in the record, by verdict.
    pub decisions: Vec<(&'static str, u64)>,
    /// By how many asks they held.
    pub groups: &'a Histogram,
    pub groups_at_work: usize,
    /// Asks at the door and their bytes, how many have room, and how many were sent away undecided.
    pub waiting: usize,
    pub waiting_bytes: usize,
    pub places: usize,
    pub turned_away: u64,
    /// Of the control state in memory; `None` before it was read.
    pub control_revision: Option<i64>,
    pub control_loads: u64,
    /// How often this replica has worked on a job, by its name and how that ended.
    pub jobs: Vec<([&'static str; 2], u64)>,
    /// Whether the record has room for the months to come, where this replica has looked lately.
    pub has_room: Option<bool>,
    /// A stop that was pressed here is not recorded yet, so nothing is allowed.
    pub holds_back: bool,
    pub pools: [PoolStands<'a>; 7],
}

impl Governance {
    pub fn metrics(&self) -> Metrics<'_> {
        let inner = &*self.0;
        let (counts, door) = (&inner.counts, inner.asks.stands());
        let decisions = Verdict::NAMES.into_iter().zip(counts.decisions.iter().map(|count| count.load(Relaxed)));
        Metrics {
            decisions: decisions.collect(),
            groups: &counts.groups,
            groups_at_work: door.groups_at_work,
            waiting: door.waiting,
            waiting_bytes: door.bytes,
            places: door.places,
            turned_away: door.turned_away,
            control_revision: self.remembered().map(|control| control.revision.number),
            control_loads: counts.control_loads.load(Relaxed),
            jobs: counts.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone().into_iter().collect(),
            has_room: counts.has_room(),
            holds_back: self.holds_back(),
            pools: [
                &inner.decisions,
                &inner.controls,
                &inner.stops,
                &inner.health,
                &inner.enders,
                &inner.sessions,
                &inner.pages,
            ]
            .map(|pool| pool.stands()),
        }
    }
}
