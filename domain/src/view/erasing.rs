//! What is kept of a customer, as the page shows it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::AgentLink;
use crate::id::HoldId;

/// What a legal hold keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kept {
    Agent(AgentLink),
    /// By the id that agents use; `None` once it is erased.
    Customer(Option<String>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HoldView {
    pub id: HoldId,
    pub keeps: Kept,
    pub why: String,
    pub by: String,
    pub at: DateTime<Utc>,
    /// Its last day, in the brand's time zone.
    pub until: Option<NaiveDate>,
    /// Whether it holds now.
    pub holds: bool,
    /// Who released it, when and why.
    pub released: Option<(String, DateTime<Utc>, String)>,
}

/// What is kept of a customer, by any writing of their id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerView {
    pub id: String,
    /// As agents have written it, at most ten.
    pub written: Vec<String>,
    /// Requests that say something of them: what was asked, or what people wrote when that was erased already.
    pub requests: u32,
    /// When the first and the last of those were asked.
    pub asked: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// By which agents.
    pub agents: Vec<AgentLink>,
    /// Those that wait, or are approved and not claimed yet.
    pub open: u32,
    /// Complaints that nobody has resolved.
    pub complaints: u32,
    /// When the shop said something of them.
    pub synced_at: Option<DateTime<Utc>>,
    /// Requests that were erased before.
    pub erased: u32,
    /// Whether a hold on them or one of the agents keeps it.
    pub held: bool,
    pub now: DateTime<Utc>,
}

impl CustomerView {
    /// Whether there is nothing to erase.
    pub fn is_nothing(&self) -> bool {
        self.requests == 0 && self.synced_at.is_none()
    }

    /// Whether all of it may be erased now.
    pub fn may_be_erased(&self) -> bool {
        !self.is_nothing() && !self.held && self.open == 0 && self.complaints == 0
    }
}
