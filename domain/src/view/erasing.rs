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
