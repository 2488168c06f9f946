//! What the pages show: plain values, made on the server and read in the browser.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    agent::Mode,
    authoring::draft::ProposalRow,
    entry::Kind,
    id::{AgentId, EntryId, KeyId, PersonId, RequestId, TighteningId},
    money::Money,
    phase::{Phase, Stands},
    role::Role,
    sentence::Sentences,
    state::{GRANT_SECONDS, Outcome, State},
};

pub mod approvals;
pub mod catalog;
pub mod erasing;
pub mod impact;
pub mod integrations;
pub mod jobs;
pub mod people;
mod request;
mod stop;

pub use request::{GivenView, NeedView, OutcomeView, RequestView, Void, VoidYes};
pub use stop::{Addition, AgentStop, PastStop, ReleaseView, StopHistory, StopPage, StopView, TAKE_BACK_SECONDS};

pub use approvals::{ApprovalsPage, AskedView, KnownCustomer, WaitingFilter};

/// The person who is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Me {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
}

/// What stands around every page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub me: Me,
    pub brand: String,
    /// Made-up data, to be marked as such on every page.
    pub demo: bool,
    /// What this person could decide now, counted up to `MOST_WAITING`.
    pub waiting: u32,
    /// There may be more, of agents that ask in too many ways to be counted.
    pub more_waits: bool,
    /// Agents in shadow or live.
    pub running: u32,
    /// All agents that are not retired, for the stop control to name the one of the page.
    pub agents: Vec<AgentLink>,
    pub stops: Vec<StopView>,
    /// A stop was pressed here and is not known to be recorded, so that nothing is allowed here.
    pub holds_back: bool,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentLink {
    pub id: AgentId,
    pub slug: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentRow {
    pub link: AgentLink,
    pub purpose: String,
    pub mode: Mode,
    /// The one that it is in, and since when.
    pub phase: Option<(Phase, DateTime<Utc>)>,
    pub permission_version: Option<i32>,
    /// This version of Reins cannot read what it may do, so that it gets no leave.
    pub unreadable: bool,
    /// The stop that holds it, its own or that of everything.
    pub stop: Option<StopView>,
    /// Requests in the last 24 hours.
    pub asked: u32,
    /// Counted up to `MOST_WAITING`.
    pub waiting: u32,
    pub tightened: bool,
    /// Integrations that it uses and whose breaker is open.
    pub broken: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// What the reader could decide now, counted up to `MOST_WAITING`.
    pub waiting_for_me: u32,
    /// There may be more, of agents that ask in too many ways to be counted.
    pub more_waits: bool,
    /// Where all of it is counted.
    pub oldest_waiting: Option<DateTime<Utc>>,
    pub agents: Vec<AgentRow>,
    pub breaches: Vec<Pile<BreachView>>,
    /// Requests whose outcome nobody knows.
    pub unknown: Vec<Pile<RequestRow>>,
    /// Permissions that the reader could publish, as somebody else has proposed them.
    pub proposals: Vec<ProposalRow>,
    /// Other changes that the reader could accept, as somebody else has proposed them.
    pub changes: Vec<catalog::ChangeHead>,
    /// What waits and nobody can approve, for those who can add people to queues.
    pub short: Vec<approvals::Short>,
    /// What was approved and never claimed: by the reader, or by anybody for those who govern.
    pub unclaimed: Vec<approvals::Unclaimed>,
    /// What Reins does by itself and has not done for too long, for those who see to it.
    pub late: Vec<jobs::LateJob>,
    pub now: DateTime<Utc>,
}

/// What lies open of one agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pile<T> {
    pub agent: AgentLink,
    /// All of it; counted up to `MOST_COUNTED`.
    pub total: u32,
    /// Since when the newest that is counted has lain open.
    pub until: DateTime<Utc>,
    /// The oldest, at most `SHOWN`.
    pub first: Vec<T>,
}

/// How many things of a pile are shown one by one.
pub const SHOWN: u32 = 3;

/// How many breaches can be settled at once.
pub const MOST_SETTLED: u32 = 1000;

/// An outcome that came without a grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreachView {
    pub entry: EntryId,
    pub request: RequestId,
    pub agent: AgentLink,
    pub sentence: String,
    pub outcome: Outcome,
    /// Whether it had been given a grant, which then was not the one that it showed.
    pub granted: bool,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestRow {
    pub id: RequestId,
    pub agent: AgentLink,
    pub action: String,
    pub label: String,
    /// What it does, in Reins' words.
    pub sentence: String,
    pub customer: Option<String>,
    pub amount: Option<Money>,
    pub state: State,
    pub decision: String,
    pub asked_at: DateTime<Utc>,
    /// Where its clock runs on from now.
    pub deadline: Option<DateTime<Utc>>,
    /// Its clock stands still, as its agent is stopped or its integration paused.
    pub still: bool,
    /// Slugs of the queues that it waits for.
    pub queues: Vec<String>,
    /// It waits, and its agent could not carry it out any more, whatever people say.
    pub in_vain: bool,
    /// It waits, and there are too few people who could approve it.
    pub short: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueView {
    pub slug: String,
    pub name: String,
    pub members: Vec<PersonLink>,
    /// How much waits that the reader could decide now, were they a member; counted up to `MOST_WAITING`.
    pub waiting: u32,
    /// Whether the reader is a member.
    pub mine: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonLink {
    pub id: PersonId,
    pub name: String,
}

impl RequestRow {
    /// When the leave of what was granted ends: what needs no report was granted as it was asked.
    pub fn leave_ends(&self) -> DateTime<Utc> {
        self.deadline.unwrap_or_else(|| self.asked_at + TimeDelta::seconds(GRANT_SECONDS))
    }

    /// Whether nobody has to say what came of it, once it is granted: it only reads, or changes only the desk's own notes.
    pub fn needs_no_report(&self) -> bool {
        self.deadline.is_none()
    }
}

/// One agent, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentView {
    pub row: AgentRow,
    pub permissions: Option<PublishedView>,
    pub stands: Stands,
    /// The newest first, at most 100.
    pub phases: Vec<PhaseView>,
    pub tightenings: Vec<TighteningView>,
    pub integrations: Vec<integrations::IntegrationRow>,
    /// What happened on each day, the oldest first, 30 days of the brand's time zone.
    pub days: Vec<Day>,
    /// Whether so much has come lately that some of it is not counted yet.
    pub days_behind: bool,
    /// The newest first, at most 20.
    pub recent: Vec<RequestRow>,
    /// How many of its breaches and of its unknown outcomes nobody has settled, each counted up to [`MOST_COUNTED`].
    pub to_settle: (u32, u32),
    /// The requests of the oldest of those breaches.
    pub breached: Vec<RequestId>,
    /// What people call the actions of its permission set, by name, for tightening some of them.
    pub actions: BTreeMap<String, String>,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedView {
    pub version: i32,
    pub sentences: Sentences,
    pub by: String,
    pub at: DateTime<Utc>,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseView {
    pub phase: Phase,
    pub began_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub by: String,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TighteningView {
    pub id: TighteningId,
    pub actions: BTreeSet<String>,
    pub reason: String,
    pub until: Option<DateTime<Utc>>,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// How far every page counts what waits: what has more has "999+".
pub const MOST_WAITING: u32 = 1000;

/// How far requests of a day are counted one by one: what has more has "10,000 or more".
pub const MOST_COUNTED: u32 = 10_000;

/// What happened on one day: what was decided of what was asked, and what became of requests, whenever they were asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub date: NaiveDate,
    pub allowed: u32,
    pub needs_approval: u32,
    pub denied: u32,
    pub shadowed: u32,
    pub stopped: u32,
    pub paused: u32,
    pub approved: u32,
    pub rejected: u32,
    pub expired: u32,
    pub cancelled: u32,
    pub succeeded: u32,
    pub failed: u32,
    pub unknown: u32,
    pub rolled_back: u32,
    /// What outcomes have cost, by currency: `0.0312 USD`.
    pub costs: Vec<String>,
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryRow {
    pub id: EntryId,
    pub at: DateTime<Utc>,
    /// `None` where a newer Reins wrote what this one does not know.
    pub kind: Option<Kind>,
    /// Who did it: a person's or an agent's name, or `Reins`.
    pub who: String,
    pub agent: Option<AgentLink>,
    pub request: Option<RequestId>,
    pub action: Option<String>,
    pub decision: Option<String>,
    /// What the entry says beside, with the reason or note that was given.
    pub detail: Value,
    /// The request's sentence as it was then, where there is one.
    pub sentence: Option<String>,
    /// Of a change, what it was before.
    pub was: Option<String>,
}

/// Which part of the record to show. All that is set must fit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordFilter {
    pub agent: Option<String>,
    pub action: Option<String>,
    pub decision: Option<String>,
    pub kind: Option<Kind>,
    pub person: Option<PersonId>,
    pub customer: Option<String>,
    /// The first and the last day, both included, in the brand's time zone.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// The last entry of the page before.
    pub before: Option<EntryId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordPage {
    /// The newest first, at most 50.
    pub entries: Vec<EntryRow>,
    /// Where the next page starts.
    pub next: Option<EntryId>,
    /// What can be chosen from.
    pub agents: Vec<AgentLink>,
    pub people: Vec<PersonLink>,
    /// What people call them, by name.
    pub actions: BTreeMap<String, String>,
    /// The brand's, in which days begin and end.
    pub time_zone: String,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Asks, in its agent's name.
    Agent,
    /// Gives feedback, and nothing else.
    Hook,
}

impl KeyKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Hook => "hook",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Agent, Self::Hook].into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRow {
    pub id: KeyId,
    pub kind: KeyKind,
    pub agent: AgentLink,
    pub label: String,
    /// How the key begins; the rest is known to nobody.
    pub prefix: String,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<String>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A key as it is shown once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewKey {
    pub row: KeyRow,
    pub secret: String,
}
