//! Who waits to be decided, and with which connections.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use sqlx::PgConnection;
use tokio::{sync::Semaphore, time::Instant};

use super::{GROUPS, Job, MOST_IN_GROUP};
use crate::AgentError;

/// How many may wait at the door before the next is turned away.
const MOST_WAITING: usize = 4096;
const MOST_OF_KEY: usize = 1024;
/// The same in bytes, and how large a group gets: large asks must not make others wait for long.
const MOST_BYTES: usize = 64 << 20;
const MOST_BYTES_OF_KEY: usize = 16 << 20;
const MOST_BYTES_IN_GROUP: usize = 1 << 20;
/// How many groups in a row that could not be written speak against this replica, and for how long.
const MOST_FAILED: u32 = 3;
const FAILED: Duration = Duration::from_secs(10);

pub(crate) struct Door {
    waiting: Mutex<Waiting>,
    pub(super) groups: Arc<Semaphore>,
    /// Connections of groups that are over: a pool would ask each how it is before and after.
    connections: Mutex<Vec<Deciding>>,
    /// How many groups could not be written since one was, and when the last of them.
    failed: Mutex<(u32, Option<Instant>)>,
    turned_away: AtomicU64,
}

/// How the door stands.
pub(crate) struct Stands {
    pub waiting: usize,
    pub bytes: usize,
    pub places: usize,
    pub groups_at_work: usize,
    /// How many were sent away undecided, since it began.
    pub turned_away: u64,
}

/// A connection that decides, and when what it does was planned.
pub(super) struct Deciding {
    pub connection: PgConnection,
    pub planned: Option<Instant>,
}

/// Who waits at the door: keys take turns, and what waits of one key goes in the order of coming.
#[derive(Default)]
struct Waiting {
    of_key: HashMap<Vec<u8>, OfKey>,
    turns: VecDeque<Vec<u8>>,
    count: usize,
    bytes: usize,
}

#[derive(Default)]
struct OfKey {
    jobs: VecDeque<Job>,
    bytes: usize,
}

impl Waiting {
    fn has_room_for(&self, job: &Job) -> bool {
        let size = job.body.len();
        let fits = |of_key: &OfKey| of_key.jobs.len() < MOST_OF_KEY && of_key.bytes + size <= MOST_BYTES_OF_KEY;
        self.count < MOST_WAITING && self.bytes + size <= MOST_BYTES && self.of_key.get(&job.key.hash).is_none_or(fits)
    }

    fn push(&mut self, job: Job) {
        self.count += 1;
        self.bytes += job.body.len();
        if !self.of_key.contains_key(&job.key.hash) {
            self.turns.push_back(job.key.hash.clone());
        }
        let of_key = self.of_key.entry(job.key.hash.clone()).or_default();
        of_key.bytes += job.body.len();
        of_key.jobs.push_back(job);
    }

    fn pop(&mut self) -> Option<Job> {
        let key = self.turns.pop_front()?;
        let of_key = self.of_key.get_mut(&key)?;
        let job = of_key.jobs.pop_front()?;
        of_key.bytes -= job.body.len();
        self.count -= 1;
        self.bytes -= job.body.len();
        if of_key.jobs.is_empty() {
            self.of_key.remove(&key);
        } else {
            self.turns.push_back(key);
        }
        Some(job)
    }
}

impl Default for Door {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            groups: Arc::new(Semaphore::new(GROUPS)),
            connections: Mutex::default(),
            failed: Mutex::default(),
            turned_away: AtomicU64::new(0),
        }
    }
}

impl Door {
    pub(super) fn enter(&self, job: Job) -> std::result::Result<(), AgentError> {
        let mut waiting = self.waiting.lock().map_err(|_| AgentError::Unavailable)?;
        if !waiting.has_room_for(&job) {
            self.turned_away.fetch_add(1, Relaxed);
            return Err(AgentError::Unavailable);
        }
        waiting.push(job);
        Ok(())
    }

    pub(super) fn connection(&self) -> Option<Deciding> {
        self.connections.lock().ok()?.pop()
    }

    pub(super) fn keep(&self, connection: Deciding) {
        if let Ok(mut connections) = self.connections.lock() {
            connections.push(connection);
        }
    }

    pub fn forget_connections(&self) {
        if let Ok(mut connections) = self.connections.lock() {
            connections.clear();
        }
    }

    pub(super) fn remember(&self, written: bool) {
        if let Ok(mut failed) = self.failed.lock() {
            *failed = if written { (0, None) } else { (failed.0.saturating_add(1), Some(Instant::now())) };
        }
    }

    /// Whether decisions could not be written just now.
    pub fn has_failed(&self) -> bool {
        let failed = self.failed.lock().map(|failed| *failed);
        failed.is_ok_and(|(count, last)| count >= MOST_FAILED && last.is_some_and(|at| at.elapsed() < FAILED))
    }

    /// Answers everybody who waits that nothing can be decided now.
    pub(super) fn turn_away(&self) {
        let waiting = self.waiting.lock().map(|mut waiting| std::mem::take(&mut *waiting)).unwrap_or_default();
        self.turned_away.fetch_add(waiting.count as u64, Relaxed);
        for job in waiting.of_key.into_values().flat_map(|of_key| of_key.jobs) {
            let _ = job.answer.send(Err(AgentError::Unavailable));
        }
    }

    pub fn stands(&self) -> Stands {
        let (waiting, bytes) = self.waiting.lock().map_or((0, 0), |waiting| (waiting.count, waiting.bytes));
        let groups_at_work = GROUPS - self.groups.available_permits();
        Stands { waiting, bytes, places: MOST_WAITING, groups_at_work, turned_away: self.turned_away.load(Relaxed) }
    }

    /// The next group, without those whose callers have gone.
    pub(super) fn take_group(&self) -> Vec<Job> {
        let Ok(mut waiting) = self.waiting.lock() else { return Vec::new() };
        let (mut group, mut bytes) = (Vec::new(), 0);
        while group.len() < MOST_IN_GROUP
            && bytes < MOST_BYTES_IN_GROUP
            && let Some(job) = waiting.pop()
        {
            if !job.answer.is_closed() {
                bytes += job.body.len();
                group.push(job);
            }
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::sync::oneshot;

    use super::*;
    use crate::{Key, asking::ask::Answer};

    type Caller = oneshot::Receiver<Answer>;

    /// Lets as many asks of this size come; gives those who wait for their answers.
    fn come(door: &Door, key: &str, count: usize, size: usize) -> Vec<Caller> {
        let each = |number| {
            let ask = json!({ "action": "desk.note", "arguments": {}, "reasoning": "x", "model": "x" });
            let (answer, caller) = oneshot::channel();
            let job = Job {
                key: Key { hash: key.as_bytes().to_vec(), prefix: key.to_owned() },
                call: None,
                idempotency_key: format!("{key} {number}"),
                ask: serde_json::from_value(ask).unwrap(),
                body: "x".repeat(size),
                body_digest: [0; 32],
                answer,
            };
            door.enter(job).ok().map(|()| caller)
        };
        (0..count).filter_map(each).collect()
    }

    fn names(group: &[Job]) -> Vec<&str> {
        group.iter().map(|job| job.idempotency_key.as_str()).collect()
    }

    #[test]
    fn a_key_has_a_share_of_the_door_and_others_take_their_turn() {
        let door = Door::default();
        let much = come(&door, "much", 2000, 10);
        assert_eq!(much.len(), MOST_OF_KEY);
        let little = come(&door, "little", 2, 10);
        assert_eq!(little.len(), 2);
        let group = door.take_group();
        assert_eq!(names(&group)[..6], ["much 0", "little 0", "much 1", "little 1", "much 2", "much 3"]);
        assert_eq!(group.len(), MOST_IN_GROUP);
        assert_eq!(come(&door, "much", 2000, 10).len(), MOST_IN_GROUP - 2, "what has gone in makes room");
    }

    #[test]
    fn large_asks_fill_neither_the_door_nor_a_group() {
        let door = Door::default();
        let size = 256 << 10;
        let large = come(&door, "large", 200, size);
        assert_eq!(large.len() * size, MOST_BYTES_OF_KEY);
        let small = come(&door, "small", 1, 10);
        let group = door.take_group();
        assert_eq!(names(&group), ["large 0", "small 0", "large 1", "large 2", "large 3"]);
        drop((large, small));
        assert_eq!(door.take_group().len(), 0);
        assert_eq!(come(&door, "large", 200, size).len() * size, MOST_BYTES_OF_KEY, "what was left makes room");
    }

    #[test]
    fn what_nobody_waits_for_any_more_is_passed_over() {
        let door = Door::default();
        let mut callers = come(&door, "key", 200, 10);
        callers.drain(..150);
        let group = door.take_group();
        assert_eq!((names(&group)[0], group.len()), ("key 150", 50));
    }

    #[test]
    fn everybody_at_the_door_can_be_turned_away() {
        let door = Door::default();
        let mut callers = come(&door, "one", 3, 10);
        callers.extend(come(&door, "other", 3, 10));
        door.turn_away();
        assert_eq!((door.stands().waiting, door.stands().turned_away), (0, 6));
        for mut caller in callers {
            assert!(matches!(caller.try_recv(), Ok(Err(AgentError::Unavailable))));
        }
        assert!(door.take_group().is_empty());
    }
}
