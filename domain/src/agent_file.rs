//! The reviewed file that `reins agent apply` takes: an agent with all that it stands on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionType, DATA_READ, DataSet, WordLists},
    permission::PermissionSet,
};

/// An agent without its mode, which only people change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentFile {
    pub agent: AgentHead,
    #[serde(default)]
    pub queues: Vec<QueueHead>,
    #[serde(default)]
    pub integrations: Vec<IntegrationHead>,
    #[serde(default)]
    pub data_sets: Vec<DataSet>,
    #[serde(default)]
    pub actions: Vec<ActionType>,
    #[serde(default)]
    pub word_lists: WordLists,
    pub permissions: PermissionSet,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentHead {
    /// Such as `support`: lower-case letters, digits and hyphens.
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub purpose: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueHead {
    pub slug: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrationHead {
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub version: String,
}

impl AgentFile {
    /// What in the file contradicts itself, in words; empty when nothing does.
    ///
    /// Queues, data sets and actions may also stand in Reins already; names not in this file are listed by
    /// [`AgentFile::actions_elsewhere`] and [`AgentFile::queues_elsewhere`].
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.permissions.faults();
        let slugs = self.queues.iter().map(|q| &q.slug).chain(self.integrations.iter().map(|i| &i.slug));
        for slug in slugs.chain([&self.agent.slug]) {
            if !is_slug(slug) {
                faults.push(format!("`{slug}` is not a short name: lower-case letters, digits and hyphens"));
            }
        }
        for action in &self.actions {
            if action.name == DATA_READ {
                faults.push(format!("`{DATA_READ}` is built in"));
            }
            if let Some(amount) = &action.amount
                && !action.has_money_argument(amount)
            {
                faults.push(format!("`{}` has no money argument `{amount}`", action.name));
            }
        }
        faults
    }

    /// Actions that the permissions name and the file does not define.
    pub fn actions_elsewhere(&self) -> BTreeSet<&str> {
        let scope = &self.permissions.action_scope;
        let named = scope.allow.keys().chain(&scope.deny).map(String::as_str);
        named.filter(|name| *name != DATA_READ && !self.actions.iter().any(|a| a.name == *name)).collect()
    }

    /// Queues that the permissions name and the file does not define.
    pub fn queues_elsewhere(&self) -> BTreeSet<&str> {
        let named = self.permissions.queues();
        named.into_iter().filter(|slug| !self.queues.iter().any(|q| q.slug == *slug)).collect()
    }
}

impl ActionType {
    fn has_money_argument(&self, name: &str) -> bool {
        use crate::schema::Schema;
        match &self.arguments {
            Schema::Object { properties, .. } => matches!(properties.get(name), Some(Schema::Money { .. })),
            _ => false,
        }
    }
}

/// Lower-case letters, digits and inner hyphens, at most 40.
pub fn is_slug(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with('-') && !text.ends_with('-')
}
