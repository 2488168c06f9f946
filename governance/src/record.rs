//! The record: what is written beside each change, in its transaction, and how it is read.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::{
    entry::Kind,
    id::{AgentId, EntryId, PersonId, RequestId},
    json,
    role::Capability,
    view::{RecordFilter, RecordPage},
};
use rand::Rng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Actor, Governance, db, error::Result};

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

    pub async fn write(self, connection: &mut PgConnection, now: DateTime<Utc>) -> Result<EntryId> {
        let id = self.id;
        db::entries::append(connection, &[(now, self)]).await?;
        Ok(id)
    }
}

impl Governance {
    /// A page of the record, the newest first.
    pub async fn record(&self, actor: &Actor, filter: &RecordFilter) -> Result<RecordPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        // A year that PostgreSQL does not know is as good as none.
        let known = |day: &NaiveDate| (1900..=9999).contains(&day.year());
        let filter = RecordFilter { from: filter.from.filter(known), to: filter.to.filter(known), ..filter.clone() };
        db::entries::page(&self.0.pages, &filter, &control.names, now).await
    }

    /// Records that somebody tried what they may not do.
    pub async fn refused(&self, actor: &Actor, what: &str) -> Result<()> {
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        NewEntry::new(Kind::Refused, actor).detail(json!({ "what": what })).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Refuses, and records the refusal, unless the actor may do it.
    pub(crate) async fn allow(&self, actor: &Actor, capability: Capability) -> Result<()> {
        if actor.can(capability) {
            return Ok(());
        }
        self.refused(actor, capability.words()).await?;
        Err(crate::Error::Forbidden)
    }
}
