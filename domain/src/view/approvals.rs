//! What waits for people, as its page shows it.

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AgentLink, QueueView, RequestRow};
use crate::{
    id::{PersonId, RequestId},
    money::Money,
};

/// How many requests stand on a page of the list.
pub const PAGE: u32 = 50;

/// Which part of what waits to show. All that is set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WaitingFilter {
    /// A queue's slug; without one, the reader's queues, or all of them where the reader has none.
    pub queue: Option<String>,
    /// An agent's slug.
    pub agent: Option<String>,
    /// What the reader cannot decide now: its agent is stopped, or they have said yes already.
    pub later: bool,
    /// From what comes after this on, or from the first; beyond the last one, from the first.
    pub after: Option<Place>,
}

/// A place in the list: what somebody could approve comes first, by when it is due, then what nobody could.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub nobody: bool,
    pub due: DateTime<Utc>,
    pub id: RequestId,
}

impl Place {
    /// As addresses carry it.
    pub fn text(&self) -> String {
        let part = if self.nobody { "nobody" } else { "somebody" };
        format!("{part}.{}.{}", self.due.timestamp_micros(), self.id)
    }

    /// A time that nothing can be due at, such as one that PostgreSQL does not know, is no place.
    pub fn parse(text: &str) -> Option<Self> {
        let (part, rest) = text.split_once('.')?;
        let (due, id) = rest.split_once('.')?;
        let nobody = match part {
            "nobody" => true,
            "somebody" => false,
            _ => return None,
        };
        let due = DateTime::from_timestamp_micros(due.parse().ok()?)?;
        let due = Some(due).filter(|due| (1900..=9999).contains(&due.year()))?;
        Some(Self { nobody, due, id: id.parse().ok()? })
    }
}

/// The approvals queues, and what waits in one or in all of mine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalsPage {
    pub queues: Vec<QueueView>,
    /// Agents with something in these queues, in this part of what waits, and how much; all is counted up to
    /// [`MOST_WAITING`](super::MOST_WAITING).
    pub agents: Vec<(AgentLink, u32)>,
    /// As it was read: without what is not there.
    pub filter: WaitingFilter,
    /// At most [`PAGE`].
    pub waiting: Vec<RequestRow>,
    /// What the next page comes after.
    pub next: Option<Place>,
    /// How many there are on all pages of this part.
    pub total: u32,
    /// How many there are that the reader could decide now, and that they could not.
    pub now_and_later: (u32, u32),
    /// Since when the oldest of this part has waited, where all of it is counted.
    pub oldest: Option<DateTime<Utc>>,
    /// When somebody decided last, where nothing waits.
    pub last_decided: Option<DateTime<Utc>>,
    /// Agents that wait for more different people than are read at once: some of what they ask is not in here.
    pub cut: Vec<AgentLink>,
    /// What nobody can approve, of all queues.
    pub short: Vec<Short>,
    pub now: DateTime<Utc>,
}

/// What an agent asked for, before people changed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AskedView {
    /// What it would have done, in Reins' words.
    pub sentence: String,
    /// Masked fields are masked.
    pub arguments: Value,
}

/// Why an approval would lead nowhere, in a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InVain {
    /// Whatever its arguments are.
    Whatever(String),
    /// With the arguments that it has.
    AsItIs(String),
}

impl InVain {
    pub fn words(&self) -> &str {
        match self {
            Self::Whatever(words) | Self::AsItIs(words) => words,
        }
    }
}

/// What others than the agent say of a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownCustomer {
    pub orders: Option<u32>,
    pub lifetime_value: Option<Money>,
    pub open_complaints: Option<u32>,
    /// When the shop said so; never, where it knows nothing of the customer.
    pub synced_at: Option<DateTime<Utc>>,
    /// Complaints in Reins' own record that nobody has resolved.
    pub recorded_complaints: u32,
}

/// What waits and nobody can approve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Short {
    /// In a sentence.
    pub why: String,
    /// Whether somebody can reject it.
    pub rejectable: bool,
    pub count: u32,
    /// There may be more that is not counted.
    pub more: bool,
}

/// What is lost by somebody's leaving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leaving {
    pub person: PersonId,
    /// Of this queue; `None` of all that they are in.
    pub queue: Option<String>,
    pub lost: Lost,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// How much of what waits nobody could approve then.
    pub nobody: u32,
    /// There may be more of that, which is not counted.
    pub more: bool,
    /// To how much that is open they have given a yes, which would count no more.
    pub yeses: u32,
}

impl Lost {
    /// How much whoever has seen this may have left to nobody.
    pub fn accepted(&self) -> u32 {
        self.nobody.max(u32::from(self.more))
    }
}

/// What was approved and never claimed: nothing was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unclaimed {
    pub request: RequestId,
    pub sentence: String,
    pub agent: AgentLink,
    /// Who approved it.
    pub by: Vec<String>,
    pub at: DateTime<Utc>,
}
