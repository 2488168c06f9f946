//! What Reins does by itself, and the servers that do it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::id::ReplicaId;

/// A server that has not said for this long that it is there is gone.
const GONE_SECONDS: i64 = 20;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobsPage {
    pub jobs: Vec<JobRow>,
    /// Those that were seen last come first.
    pub replicas: Vec<ReplicaRow>,
    /// The revision of the control state.
    pub revision: i64,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    pub name: String,
    pub label: String,
    /// What it does, in a sentence.
    pub does: String,
    /// What it means for people where it is not done, in sentences.
    pub without: String,
    /// In seconds.
    pub every: u32,
    /// The server that works on it just now, and since when.
    pub working: Option<(String, DateTime<Utc>)>,
    pub done_at: Option<DateTime<Utc>>,
    /// How long it took the last time, in milliseconds.
    pub took_ms: Option<u32>,
    /// What could not be done the last time, though the rest was.
    pub left_over: Option<String>,
    pub failing: Option<Failing>,
    /// Since when it has not been done, where that is too long.
    pub late_since: Option<DateTime<Utc>>,
}

/// Since when something fails, how often, and how it failed the last time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failing {
    pub since: DateTime<Utc>,
    pub attempts: u32,
    pub error: String,
}

/// A job that has not been done for too long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LateJob {
    pub label: String,
    pub since: DateTime<Utc>,
    pub without: String,
}

/// A process that serves, or did so in the last day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplicaRow {
    pub id: ReplicaId,
    pub name: String,
    pub version: String,
    pub started_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    /// When it said that it ends.
    pub left_at: Option<DateTime<Utc>>,
    /// The revision of the control state that it had read when it was seen.
    pub revision: Option<i64>,
}

impl ReplicaRow {
    /// Whether it serves, as far as is known. The clock may have jumped since it was seen.
    pub fn is_here(&self, now: DateTime<Utc>) -> bool {
        self.left_at.is_none() && (now - self.seen_at).abs() <= TimeDelta::seconds(GONE_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_left_or_was_not_seen_for_a_while_is_not_here() {
        let now = DateTime::UNIX_EPOCH;
        let seen = |seconds: i64, left: bool| ReplicaRow {
            id: ReplicaId(Default::default()),
            name: "a".to_owned(),
            version: "1".to_owned(),
            started_at: now,
            seen_at: now - TimeDelta::seconds(seconds),
            left_at: left.then_some(now),
            revision: None,
        };
        assert!(seen(20, false).is_here(now) && seen(-20, false).is_here(now));
        assert!(!seen(21, false).is_here(now) && !seen(-21, false).is_here(now) && !seen(0, true).is_here(now));
    }
}
