//! What agents and hooks say of what came of a request.

use domain::state;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an agent reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub status: state::Outcome,
    pub reference: String,
    pub detail: Value,
    pub cost: Option<Cost>,
}

/// What the call cost, with up to six decimals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    pub amount: String,
    pub currency: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    Complaint,
    Quality,
    Reply,
    /// It was not carried out, whatever the agent says; from a hook only.
    Failed,
}

impl FeedbackKind {
    pub const ALL: [Self; 4] = [Self::Complaint, Self::Quality, Self::Reply, Self::Failed];

    pub fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Quality => "quality",
            Self::Reply => "reply",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Feedback {
    pub kind: FeedbackKind,
    /// From 0, bad, to 1, good.
    pub score: Option<f64>,
    pub note: String,
}
