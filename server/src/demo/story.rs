//! What a past is told in: who did what, and when, as far as it comes to that.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{agent::Mode, agent_file::AgentFile, request::Ask, role::Role, state};
use governance::{CustomerFacts, Feedback, Outcome};

/// A shop from its first day.
pub struct Story {
    pub founded_at: DateTime<Utc>,
    /// The first is an admin, in whose name the rules are published.
    pub people: Vec<Person>,
    pub customers: Vec<CustomerFacts>,
    pub agents: Vec<Beginning>,
    pub stops: Vec<Stop>,
    pub tightenings: Vec<Tightening>,
    pub sign_ins: Vec<(DateTime<Utc>, &'static str)>,
    pub requests: Vec<Past>,
}

pub struct Person {
    pub email: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub queues: &'static [&'static str],
}

pub struct Beginning {
    pub file: AgentFile,
    pub note: &'static str,
    pub published_at: DateTime<Utc>,
    /// The modes that it goes through, and why.
    pub modes: Vec<(DateTime<Utc>, Mode, &'static str)>,
}

pub struct Stop {
    pub agent: &'static str,
    pub by: &'static str,
    pub at: DateTime<Utc>,
    pub reason: &'static str,
    pub released_by: &'static str,
    pub released_at: DateTime<Utc>,
    pub release_reason: &'static str,
}

pub struct Tightening {
    pub agent: &'static str,
    pub actions: BTreeSet<String>,
    pub by: &'static str,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub reason: &'static str,
}

/// One ask, and how it goes on as far as the decision lets it.
pub struct Past {
    pub agent: &'static str,
    pub at: DateTime<Utc>,
    pub ask: Ask,
    /// What people say when they are asked.
    pub answer: Answer,
    /// From the ask or the approval to the report.
    pub takes: TimeDelta,
    /// `None`: it never comes.
    pub outcome: Option<Outcome>,
    pub later: Option<Later>,
    pub feedback: Option<(TimeDelta, Feedback)>,
}

pub enum Answer {
    Approve { after: TimeDelta, note: String },
    Reject { after: TimeDelta, reason: String },
    Nothing,
}

/// What people find afterwards.
pub enum Later {
    Settled {
        after: TimeDelta,
        by: &'static str,
        to: state::Outcome,
        reason: &'static str,
    },
    RolledBack {
        after: TimeDelta,
        by: &'static str,
        reason: &'static str,
    },
    /// It was carried out although the answer was no.
    Breach {
        after: TimeDelta,
    },
}
