//! An agent's standing: its mode, whether it is stopped, and what tightens it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::TighteningId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Being written; nothing is answered but no.
    Draft,
    /// Judged and recorded, never carried out.
    Shadow,
    Live,
    Retired,
}

impl Mode {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Shadow, Self::Live, Self::Retired];

    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Shadow => "shadow",
            Self::Live => "live",
            Self::Retired => "retired",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// What is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    ThisAgent,
    Everything,
}

/// An overlay on a permission set that turns `allowed` into `needs_approval`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tightening {
    pub id: TighteningId,
    /// Without any, every action.
    pub actions: BTreeSet<String>,
    pub reason: String,
    pub until: Option<DateTime<Utc>>,
}

impl Tightening {
    pub fn covers(&self, action: &str, now: DateTime<Utc>) -> bool {
        let runs = self.until.is_none_or(|until| now < until);
        runs && (self.actions.is_empty() || self.actions.contains(action))
    }
}
