//! Action types and data sets as their pages show them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionType, DataSet},
    agent_file::IntegrationHead,
    draft::Stamp,
    view::AgentLink,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionRow {
    pub action: ActionType,
    pub revision: i32,
    /// Who changed it last; `None` for what is built in, which nobody changes.
    pub changed: Option<Stamp>,
    /// The agents whose permissions in force name it.
    pub agents: Vec<AgentLink>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataSetRow {
    pub set: DataSet,
    /// The agents whose permissions in force name it.
    pub agents: Vec<AgentLink>,
    /// The action types that rest on it.
    pub actions: Vec<String>,
}

/// All action types and data sets, by name, with what a form for one of them chooses from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CatalogPage {
    pub actions: Vec<ActionRow>,
    pub data_sets: Vec<DataSetRow>,
    pub integrations: Vec<IntegrationHead>,
    /// Whether the reader may change them.
    pub may_edit: bool,
    pub now: DateTime<Utc>,
}

/// One action type, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionView {
    pub row: ActionRow,
    /// The newest first, at most 100.
    pub revisions: Vec<RevisionRow>,
    /// What a form for it chooses from.
    pub data_sets: Vec<DataSet>,
    pub integrations: Vec<IntegrationHead>,
    pub may_edit: bool,
    pub now: DateTime<Utc>,
}

/// How an action type was at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevisionRow {
    pub revision: i32,
    pub action: ActionType,
    pub changed: Stamp,
}

/// What a change of an action type would mean for permissions in force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActionMeaning {
    /// What has to be accepted, in sentences.
    pub sentences: Vec<String>,
    /// Whether one person alone may not do it.
    pub takes_two: bool,
}
