//! Integrations, as their pages show them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{AgentLink, PersonLink};
use crate::integration::Integration;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntegrationRow {
    pub slug: String,
    pub name: String,
    /// The one that is pinned; empty where none is.
    pub version: String,
    /// The last day of that version.
    pub version_ends: Option<NaiveDate>,
    /// The pause that holds it.
    pub pause: Option<PauseView>,
    /// The agents that may take an action that runs on it.
    pub agents: Vec<AgentLink>,
}

/// A pause of everything that runs on an integration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PauseView {
    pub began_at: DateTime<Utc>,
    /// Without a person, Reins.
    pub by: Option<String>,
    pub reason: String,
    pub end: Option<PauseEnd>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PauseEnd {
    pub at: DateTime<Utc>,
    /// Without a person, Reins.
    pub by: Option<String>,
    pub reason: String,
}

/// One integration, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IntegrationView {
    pub head: Integration,
    /// Whom to ask about it.
    pub owner: Option<PersonLink>,
    /// What a change of it says that its author saw.
    pub seen: String,
    /// Who can own it.
    pub people: Vec<PersonLink>,
    pub agents: Vec<AgentLink>,
    /// The action types that run on it, by label.
    pub actions: Vec<RunsOnIt>,
    /// The data sets that those rest on: names with labels, by label.
    pub data_sets: Vec<(String, String)>,
    /// The newest first, at most 50.
    pub pauses: Vec<PauseView>,
    /// The day in the brand's time zone.
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunsOnIt {
    pub name: String,
    pub label: String,
    /// The agents that may take it.
    pub agents: Vec<AgentLink>,
}

impl IntegrationView {
    /// The pause that holds it.
    pub fn pause(&self) -> Option<&PauseView> {
        self.pauses.first().filter(|pause| pause.end.is_none())
    }
}
