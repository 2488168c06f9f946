//! An entry of the record before it is written.

use chrono::{DateTime, Utc};
use domain::{
    decision::Verdict,
    entry::{By, Detail, FORMAT, Whole},
    id::{AgentId, EntryId, RequestId},
    json,
};
use rand::Rng;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    db::requests::Stored,
    error::{Result, corrupt},
    id,
    permit::Permit,
};

/// An entry before it is written.
pub(crate) struct NewEntry {
    id: EntryId,
    detail: Detail,
    permit: Permit,
    pub agent: Option<AgentId>,
    request: Option<RequestId>,
    action: Option<String>,
    decision: Option<&'static str>,
    personal: Option<Personal>,
}

/// Personal data beside an entry: the entry holds only the hash, so that this can be erased.
pub(crate) struct Personal {
    pub salt: [u8; 32],
    /// In canonical form (RFC 8785), which is what is hashed.
    pub body: String,
    pub hash: [u8; 32],
}

impl Personal {
    fn new(body: String) -> Self {
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        let hash = hash_of(&salt, &body);
        Self { salt, body, hash }
    }
}

/// SHA-256 over the salt and what lies beside in canonical form.
pub(crate) fn hash_of(salt: &[u8], body: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(body).finalize().into()
}

/// An entry as it is stored.
pub(crate) struct Sealed<'a> {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub kind: &'static str,
    pub by: By,
    pub call: Option<Uuid>,
    pub agent: Option<Uuid>,
    pub request: Option<Uuid>,
    pub action: Option<&'a str>,
    pub decision: Option<&'static str>,
    pub detail: String,
    pub leaf: [u8; 32],
    pub personal: Option<&'a Personal>,
}

impl NewEntry {
    pub fn new(detail: Detail, permit: &Permit) -> Self {
        Self {
            id: EntryId(id::next()),
            detail,
            permit: *permit,
            agent: None,
            request: None,
            action: None,
            decision: None,
            personal: None,
        }
    }

    pub fn id(&self) -> EntryId {
        self.id
    }

    pub fn agent(self, agent: AgentId) -> Self {
        Self { agent: Some(agent), ..self }
    }

    pub fn request(self, request: RequestId) -> Self {
        Self { request: Some(request), ..self }
    }

    /// An action that Reins knows.
    pub fn action(self, action: &str) -> Self {
        Self { action: Some(action.to_owned()), ..self }
    }

    /// The name of a verdict.
    pub fn decision(self, decision: &str) -> Self {
        Self { decision: Verdict::NAMES.into_iter().find(|name| *name == decision), ..self }
    }

    /// What people, agents and files write may name customers: it lies beside the entry.
    pub fn personal(self, body: impl Serialize) -> Result<Self> {
        Ok(self.personal_text(json::canonical(&body)?))
    }

    /// The same, in canonical form already.
    pub fn personal_text(self, body: String) -> Self {
        Self { personal: Some(Personal::new(body)), ..self }
    }

    /// Fails where its leave is for something else.
    pub fn sealed(&self, at: DateTime<Utc>) -> Result<Sealed<'_>> {
        if !self.permit.fits(self.detail.kind()) {
            return Err(corrupt("leave for something else"));
        }
        let detail = self.detail.canonical()?;
        let kind = self.detail.kind().name();
        let (by, call) = (self.permit.by(), self.permit.call());
        let whole = Whole {
            format: FORMAT,
            id: self.id,
            at,
            kind,
            actor: by.stored(),
            job: by.job(),
            agent: self.agent,
            request: self.request,
            call,
            action: self.action.as_deref(),
            decision: self.decision,
            detail: &detail,
            personal_hash: self.personal.as_ref().map(|personal| &personal.hash[..]),
        };
        let leaf = whole.leaf();
        Ok(Sealed {
            id: self.id.0,
            at,
            kind,
            by,
            call,
            agent: self.agent.map(|id| id.0),
            request: self.request.map(|id| id.0),
            action: self.action.as_deref(),
            decision: self.decision,
            leaf,
            personal: self.personal.as_ref(),
            detail,
        })
    }
}

impl Stored {
    /// An entry about this request.
    pub fn entry(&self, detail: Detail, permit: &Permit) -> NewEntry {
        let entry = NewEntry::new(detail, permit).agent(self.agent).request(self.id);
        // What the catalog does not know is only the agent's word.
        if self.revision.is_some() { entry.action(&self.action) } else { entry }
    }
}
