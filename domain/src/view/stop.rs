//! Stops, as pages show them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{AgentLink, AgentRow, RequestRow};
use crate::id::{PersonId, StopId};

/// A stop that holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopView {
    pub id: StopId,
    /// `None`: everything is stopped.
    pub agent: Option<AgentLink>,
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
    /// Who else pressed, and what was said since: the newest 20, the oldest of them first.
    pub added: Vec<Addition>,
    /// How many reasons and later presses it holds, all of them; whoever releases it has seen as many.
    pub said: i64,
    /// Who may take their own press back; nobody, where somebody else has pressed since.
    pub taken_back_by: Option<PersonId>,
}

/// Somebody insists on a stop that holds, or says why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Addition {
    pub by: String,
    pub at: DateTime<Utc>,
    /// Empty where somebody else pressed without one.
    pub reason: String,
}

/// How long whoever pressed Stop may take that back.
pub const TAKE_BACK_SECONDS: i64 = 60;

impl StopView {
    /// Whether this person may take their own press back at `now`.
    pub fn may_be_taken_back(&self, by: PersonId, now: DateTime<Utc>) -> bool {
        self.taken_back_by == Some(by) && now < self.taken_back_until()
    }

    /// Whether what this person adds at `now` ends the time in which somebody else may take it back.
    pub fn is_held_by_adding(&self, by: PersonId, now: DateTime<Utc>) -> bool {
        self.taken_back_by.is_some_and(|presser| presser != by && self.may_be_taken_back(presser, now))
    }

    pub fn taken_back_until(&self) -> DateTime<Utc> {
        self.at + TimeDelta::seconds(TAKE_BACK_SECONDS)
    }
}

/// A stop, and its release if it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PastStop {
    pub stop: StopView,
    pub release: Option<ReleaseView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseView {
    pub by: String,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// The stops, the newest first, at most 20.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopHistory {
    pub stops: Vec<PastStop>,
    /// Where the next page starts.
    pub next: Option<StopId>,
    pub now: DateTime<Utc>,
}

/// The stop, as a phone shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopPage {
    pub everything: Option<StopView>,
    pub agents: Vec<AgentStop>,
    /// Operators and admins, by name, at most 10.
    pub releasers: Vec<String>,
    /// The last stops that are over, the newest first, at most five.
    pub over: Vec<PastStop>,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentStop {
    pub row: AgentRow,
    /// The agent's own stop, which holds beside one of everything.
    pub own: Option<StopView>,
    /// What was granted before its last stop and is neither reported nor settled, so that it may have gone out: the newest
    /// first, at most 20.
    pub outstanding: Vec<RequestRow>,
    /// Counted up to 10,000.
    pub outstanding_total: u32,
    pub last_grant_ends: Option<DateTime<Utc>>,
}
