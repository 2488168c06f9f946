//! Action types and data sets as their pages show them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionType, DataSet},
    agent_file::IntegrationHead,
    authoring::{difference::What, draft::Stamp, statement::Statement},
    id::ProposalId,
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

/// What a change would mean for permissions in force.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meaning {
    /// What has to be accepted.
    pub statements: Vec<Statement>,
    /// Whether another person has to accept it, too.
    pub takes_two: bool,
    /// How much that waits or is approved could not be carried out any more.
    pub ends: u32,
}

/// A change that waits for another person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeHead {
    pub id: ProposalId,
    /// What it is a change of.
    pub title: String,
    pub stamp: Stamp,
    pub note: String,
}

/// The same, with all that somebody has to know who accepts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedChange {
    pub head: ChangeHead,
    /// What differs from how it is now.
    pub told: Vec<What>,
    /// What it would mean now.
    pub meaning: Meaning,
    /// Whether the reader has proposed it, who cannot accept it.
    pub mine: bool,
}

/// The words of a topic, with the agents whose rules in force ask about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordsRow {
    pub topic: String,
    pub words: Vec<String>,
    pub agents: Vec<AgentLink>,
}
