//! Who waits to be decided, and with which connections.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::PgConnection;
use tokio::{sync::Semaphore, time::Instant};

use super::{GROUPS, Job, MOST_IN_GROUP};
use crate::AgentError;

/// How many may wait at the door before the next is turned away.
const MOST_WAITING: usize = 4096;
/// How many of them may be of one key, and how large all may be together, in bytes.
const MOST_OF_KEY: usize = 1024;
const MOST_BYTES: usize = 64 << 20;
/// How many groups in a row that could not be written speak against this replica, and for how long.
const MOST_FAILED: u32 = 3;
const FAILED: Duration = Duration::from_secs(10);

pub(crate) struct Door {
    waiting: Mutex<Waiting>,
    pub(super) groups: Arc<Semaphore>,
    /// Connections of groups that are over: a pool would ask each how it is before and after.
    connections: Mutex<Vec<PgConnection>>,
    /// How many groups could not be written since one was, and when the last of them.
    failed: Mutex<(u32, Option<Instant>)>,
}

/// Who waits at the door, in the order of coming.
#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    of_key: HashMap<Vec<u8>, usize>,
    bytes: usize,
}

impl Waiting {
    fn pop(&mut self) -> Option<Job> {
        let job = self.jobs.pop_front()?;
        self.bytes -= job.body.len();
        if let Some(count) = self.of_key.get_mut(&job.key.hash) {
            *count -= 1;
            if *count == 0 {
                self.of_key.remove(&job.key.hash);
            }
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
        }
    }
}

impl Door {
    pub(super) fn enter(&self, job: Job) -> std::result::Result<(), AgentError> {
        let mut waiting = self.waiting.lock().map_err(|_| AgentError::Unavailable)?;
        let Waiting { jobs, of_key, bytes } = &mut *waiting;
        let of_key = of_key.entry(job.key.hash.clone()).or_default();
        if jobs.len() >= MOST_WAITING || *of_key >= MOST_OF_KEY || *bytes + job.body.len() > MOST_BYTES {
            return Err(AgentError::Unavailable);
        }
        *of_key += 1;
        *bytes += job.body.len();
        jobs.push_back(job);
        Ok(())
    }

    pub(super) fn connection(&self) -> Option<PgConnection> {
        self.connections.lock().ok()?.pop()
    }

    pub(super) fn keep(&self, connection: PgConnection) {
        if let Ok(mut connections) = self.connections.lock() {
            connections.push(connection);
        }
    }

    pub(super) fn forget_connections(&self) {
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
        for job in waiting.jobs {
            let _ = job.answer.send(Err(AgentError::Unavailable));
        }
    }

    /// The next group, without those whose callers have gone.
    pub(super) fn take_group(&self) -> Vec<Job> {
        let Ok(mut waiting) = self.waiting.lock() else { return Vec::new() };
        let mut group = Vec::new();
        while group.len() < MOST_IN_GROUP
            && let Some(job) = waiting.pop()
        {
            if !job.answer.is_closed() {
                group.push(job);
            }
        }
        group
    }
}
