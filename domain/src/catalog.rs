//! What a permission set can name: the actions, data sets, queues and integrations of the shop.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionType, DataSet, WordLists},
    agent_file::{AgentFile, IntegrationHead},
    facts::as_word,
    id::PersonId,
    integration::Integration,
    json,
    money::Currency,
    schema::Schema,
    sentence::Names,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// `data.read` among them.
    pub actions: Vec<ActionType>,
    pub data_sets: Vec<DataSet>,
    pub queues: Vec<Queue>,
    pub integrations: Vec<IntegrationHead>,
    pub word_lists: WordLists,
    /// Whether the brand has named any customers; `None` while that is not known.
    pub knows_customers: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    pub slug: String,
    pub name: String,
    /// The members who can decide; `None` while that is not known.
    pub able: Option<BTreeSet<PersonId>>,
}

impl Catalog {
    /// What a file describes, in which nobody is a member of anything.
    pub fn of_file(file: &AgentFile) -> Self {
        let queue = |slug: &String, name: &String| Queue { slug: slug.clone(), name: name.clone(), able: None };
        Self {
            actions: file.actions.iter().cloned().chain([ActionType::data_read()]).collect(),
            data_sets: file.data_sets.clone(),
            queues: file.queues.iter().map(|head| queue(&head.slug, &head.name)).collect(),
            integrations: file.integrations.iter().map(Integration::head).collect(),
            word_lists: file.word_lists.clone(),
            knows_customers: None,
        }
    }

    pub fn action(&self, name: &str) -> Option<&ActionType> {
        self.actions.iter().find(|action| action.name == name)
    }

    pub fn data_set(&self, name: &str) -> Option<&DataSet> {
        self.data_sets.iter().find(|set| set.name == name)
    }

    pub fn queue(&self, slug: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.slug == slug)
    }

    pub fn integration(&self, slug: &str) -> Option<&IntegrationHead> {
        self.integrations.iter().find(|known| known.slug == slug)
    }

    pub fn names(&self) -> Names {
        Names {
            actions: self.actions.iter().map(|action| (action.name.clone(), action.label.clone())).collect(),
            data_sets: self.data_sets.iter().map(|set| (set.name.clone(), set.label.clone())).collect(),
            queues: self.queues.iter().map(|queue| (queue.slug.clone(), queue.name.clone())).collect(),
        }
    }

    /// What an agent's permissions are read by: another word once anything here is defined or called otherwise, or the
    /// agent is. How many people a queue has is told as a risk.
    pub fn read_by(&self, agent: &str) -> Result<String, serde_json::Error> {
        let queues = self.queues.iter().map(|queue| Queue { able: None, ..queue.clone() }).collect();
        let read = Self { queues, knows_customers: None, ..self.clone() };
        Ok(json::hex(&json::digest(&(agent, read))?))
    }

    /// The currencies that actions are fixed to; empty where none is.
    pub fn currencies_in_use(&self) -> BTreeSet<Currency> {
        self.actions.iter().filter_map(ActionType::fixed_currency).collect()
    }

    /// Whether the brand's words can tell that a request touches this topic.
    pub fn has_words_for(&self, topic: &str) -> bool {
        self.word_lists.iter().any(|(known, words)| as_word(known) == as_word(topic) && !words.is_empty())
    }
}

impl ActionType {
    /// The one currency that its amount can be in.
    pub fn fixed_currency(&self) -> Option<Currency> {
        let Schema::Object { properties, .. } = &self.arguments else { return None };
        match properties.get(self.amount.as_ref()?)? {
            Schema::Money { currency } => *currency,
            _ => None,
        }
    }
}
