//! The form in which an entry is hashed, from which anybody can work the hash out again.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    id::{AgentId, EntryId, PersonId, RequestId},
    json::hex,
};

/// The form of entries that are written now. It grows when a detail, or what follows here, changes; older ones stay readable.
pub const FORMAT: i16 = 1;

/// Who did what an entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Agent(AgentId),
    /// A hook of this agent.
    Hook(AgentId),
    Person(PersonId),
    /// What happens by itself, by its name.
    Job(&'static str),
    /// The command line, or nobody that Reins knows.
    System,
}

impl By {
    /// As it is stored: the kind, and the id.
    pub fn stored(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Agent(id) => ("agent", Some(id.0)),
            Self::Hook(id) => ("hook", Some(id.0)),
            Self::Person(id) => ("person", Some(id.0)),
            Self::Job(_) => ("job", None),
            Self::System => ("system", None),
        }
    }

    pub fn job(self) -> Option<&'static str> {
        match self {
            Self::Job(name) => Some(name),
            _ => None,
        }
    }
}

/// All of an entry that never changes.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    pub format: i16,
    pub id: EntryId,
    /// To the microsecond, as it is stored.
    pub at: DateTime<Utc>,
    pub kind: &'a str,
    /// As [`By::stored`] gives it.
    pub actor: (&'a str, Option<Uuid>),
    pub job: Option<&'a str>,
    pub agent: Option<AgentId>,
    pub request: Option<RequestId>,
    /// The call that it was part of.
    pub call: Option<Uuid>,
    pub action: Option<&'a str>,
    pub decision: Option<&'a str>,
    /// In canonical form.
    pub detail: &'a str,
    /// SHA-256 over the salt and the canonical form of what lies beside.
    pub personal_hash: Option<&'a [u8]>,
}

impl Whole<'_> {
    /// One object in canonical form (RFC 8785); what there is nothing of has no member.
    pub fn canonical(&self) -> String {
        let mut form = Form { text: String::with_capacity(768) };
        form.text.push('{');
        form.words("action", self.action);
        form.id("actor_id", self.actor.1);
        form.words("actor_kind", Some(self.actor.0));
        form.id("agent_id", self.agent.map(|id| id.0));
        form.words("at", Some(&self.at.to_rfc3339_opts(SecondsFormat::Micros, true)));
        form.id("call", self.call);
        form.words("decision", self.decision);
        form.name("detail");
        form.text.push_str(self.detail);
        form.name("format");
        let _ = write!(form.text, "{}", self.format);
        form.id("id", Some(self.id.0));
        form.words("job", self.job);
        form.words("kind", Some(self.kind));
        form.words("personal_hash", self.personal_hash.map(hex).as_deref());
        form.id("request_id", self.request.map(|id| id.0));
        form.text.push('}');
        form.text
    }

    /// SHA-256 over the canonical form: what a tree of entries has as its leaf.
    pub fn leaf(&self) -> [u8; 32] {
        Sha256::digest(self.canonical()).into()
    }
}

struct Form {
    text: String,
}

impl Form {
    fn name(&mut self, name: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        let _ = write!(self.text, "\"{name}\":");
    }

    fn words(&mut self, name: &str, words: Option<&str>) {
        let Some(words) = words else { return };
        self.name(name);
        match words.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\') {
            true => _ = write!(self.text, "\"{words}\""),
            // Escapes as RFC 8785 has them.
            false => _ = write!(self.text, "{}", serde_json::Value::from(words)),
        }
    }

    fn id(&mut self, name: &str, id: Option<Uuid>) {
        let Some(id) = id else { return };
        self.name(name);
        let _ = write!(self.text, "\"{id}\"");
    }
}
