//! An entry of the record before it is written.

use domain::{
    entry::Kind,
    id::{AgentId, EntryId, PersonId, RequestId},
    json,
};
use rand::Rng;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{actor::Actor, error::Result};

/// Who did what an entry records.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    Agent(AgentId),
    Person(PersonId),
    System,
}

impl From<&Actor> for Who {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::Person(me) => Self::Person(me.id),
            Actor::System => Self::System,
        }
    }
}

/// An entry before it is written.
pub(crate) struct NewEntry {
    pub id: EntryId,
    pub kind: Kind,
    pub who: Who,
    pub agent: Option<AgentId>,
    pub request: Option<RequestId>,
    pub action: Option<String>,
    pub decision: Option<String>,
    /// A JSON object without personal data, as text.
    pub detail: String,
    pub personal: Option<Personal>,
}

/// Personal data beside an entry: the entry holds only the hash, so that this can be erased.
pub(crate) struct Personal {
    pub salt: [u8; 32],
    /// In canonical form (RFC 8785), which is what is hashed.
    pub body: String,
    pub hash: [u8; 32],
}

impl Personal {
    pub fn new(body: String) -> Self {
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        let hash = Sha256::new().chain_update(salt).chain_update(&body).finalize().into();
        Self { salt, body, hash }
    }
}

impl NewEntry {
    pub fn new(kind: Kind, who: impl Into<Who>) -> Self {
        Self {
            id: EntryId(Uuid::now_v7()),
            kind,
            who: who.into(),
            agent: None,
            request: None,
            action: None,
            decision: None,
            detail: "{}".to_owned(),
            personal: None,
        }
    }

    pub fn agent(self, agent: AgentId) -> Self {
        Self { agent: Some(agent), ..self }
    }

    pub fn request(self, request: RequestId) -> Self {
        Self { request: Some(request), ..self }
    }

    pub fn action(self, action: &str) -> Self {
        Self { action: Some(action.to_owned()), ..self }
    }

    pub fn detail(self, detail: Value) -> Self {
        Self { detail: detail.to_string(), ..self }
    }

    /// Words of people and agents may name customers: they lie beside the entry.
    pub fn personal(self, body: Value) -> Result<Self> {
        Ok(Self { personal: Some(Personal::new(json::canonical(&body)?)), ..self })
    }
}
