//! What a draft would have changed, as it is worked out and shown.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    authoring::{
        draft::{DraftSeen, Stamp},
        impact::Impact,
    },
    id::RunId,
};

/// Where the requests come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunSource {
    /// The agent's requests of the last 30 days.
    Record,
    /// Lines that somebody gave.
    File,
}

impl RunSource {
    pub fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::File => "file",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Record, Self::File].into_iter().find(|source| source.name() == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Running,
    Done,
    /// By a person, or by a change of the draft.
    Cancelled,
    Failed,
    /// The server went down with it, and it could not be begun anew.
    BrokenOff,
}

impl RunState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::BrokenOff => "broken_off",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::Running, Self::Done, Self::Cancelled, Self::Failed, Self::BrokenOff];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// The last time that somebody wanted to know what an agent's draft would have changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpactRun {
    pub id: RunId,
    /// The draft that judges.
    pub draft: DraftSeen,
    /// Whether the draft is still so; otherwise the figures are of one that has changed.
    pub is_of_draft: bool,
    pub source: RunSource,
    pub started: Stamp,
    pub state: RunState,
    pub judged: u32,
    /// `None` until they are counted.
    pub total: Option<u32>,
    /// When it is done.
    pub summary: Option<Impact>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpactView {
    pub run: Option<ImpactRun>,
    pub now: DateTime<Utc>,
}
