//! Keys of agents and hooks: shown once, stored as a hash, revocable at once.

use domain::{
    agent_file::MOST_NAME,
    entry::{Detail, KeyCreated, KeyRevoked, Name},
    fault::Fault,
    id::{AgentId, KeyId},
    json::hex,
    role::Capability,
    seen::unfit_name,
    view::{KeyKind, KeyRow, NewKey},
};
use rand::Rng;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Actor, AgentError, Error, Governance, Result,
    call::call,
    control::{Control, KeyControl},
    db,
    entry::NewEntry,
    id,
    permit::Permit,
};

/// What a caller shows; the key itself is forgotten once it is hashed.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub(crate) hash: Vec<u8>,
    pub(crate) prefix: String,
}

const KEY_STARTS: &str = "reins_";
const PREFIX_LENGTH: usize = 14;

impl Key {
    /// `None` when the text cannot be a key.
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(KEY_STARTS)?;
        let fits = rest.len() == 64 && rest.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then(|| Self { hash: Sha256::digest(text).to_vec(), prefix: text.chars().take(PREFIX_LENGTH).collect() })
    }

    /// A name for limits and counts that gives nothing away.
    pub fn fingerprint(&self) -> &[u8] {
        &self.hash
    }

    /// Leave for what its holder does, and whose it is.
    pub(crate) fn of(&self, control: &Control) -> std::result::Result<(Permit, KeyControl), AgentError> {
        Permit::of_key(control, &self.hash, call())
    }

    /// The agent whose key this is; a hook's key asks nothing.
    pub(crate) fn agent(&self, control: &Control) -> std::result::Result<(AgentId, Permit), AgentError> {
        let (permit, key) = self.of(control)?;
        match key.kind {
            KeyKind::Agent => Ok((key.agent, permit)),
            KeyKind::Hook => Err(AgentError::WrongKind),
        }
    }
}

impl Governance {
    /// Whether memory knows the key; the database may know better.
    pub fn knows(&self, key: &Key) -> bool {
        let known = self.0.control.read();
        known.is_ok_and(|known| known.as_ref().is_some_and(|control| control.keys.contains_key(&key.hash)))
    }

    /// Whether the key is good, and of which kind and agent it is.
    pub async fn check_key(&self, key: &Key) -> std::result::Result<(KeyKind, AgentId), AgentError> {
        let (_place, mut connection) = self.following().await?;
        let (control, _) = self.control(&mut connection).await?;
        let (_, key) = key.of(&control)?;
        Ok((key.kind, key.agent))
    }

    pub async fn keys(&self, actor: &Actor) -> Result<Vec<KeyRow>> {
        self.allow(actor, Capability::ManageKeys).await?;
        db::keys::all(&self.0.pages).await
    }

    /// Makes a key; its secret is in the answer and nowhere else.
    pub async fn create_key(&self, actor: &Actor, agent: &str, kind: KeyKind, label: &str) -> Result<NewKey> {
        let permit = self.allow(actor, Capability::ManageKeys).await?;
        let label = label.trim();
        if let Some(fault) = unfit_name(label, MOST_NAME) {
            return Err(Error::Invalid(Fault::Label, format!("the label of a key {fault}")));
        }
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        let secret = format!("{KEY_STARTS}{}", hex(&bytes));
        let key = Key::read(&secret).ok_or_else(|| crate::error::corrupt("a new key"))?;

        let (mut tx, now) = self.begin_control().await?;
        let agent = db::agents::by_slug(&mut tx, agent).await?.ok_or(Error::NotFound)?;
        let row = KeyRow {
            id: KeyId(id::next()),
            kind,
            agent: agent.clone(),
            label: label.to_owned(),
            prefix: key.prefix.clone(),
            created_at: now,
            created_by: actor.person().ok().map(|me| me.name.clone()),
            revoked_at: None,
        };
        db::keys::insert(&mut tx, &row, &key.hash, actor.person().ok().map(|me| me.id)).await?;
        let detail = Detail::KeyCreated(KeyCreated { key: Name::of(&key.prefix), kind });
        let entry = NewEntry::new(detail, &permit).agent(agent.id);
        entry.personal(json!({ "label": label }))?.write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(NewKey { row, secret })
    }

    pub async fn revoke_key(&self, actor: &Actor, id: KeyId) -> Result<()> {
        let permit = self.allow(actor, Capability::ManageKeys).await?;
        let (mut tx, now) = self.begin_control().await?;
        let (agent, prefix) = db::keys::revoke(&mut tx, id, now).await?.ok_or(Error::NotFound)?;
        let detail = Detail::KeyRevoked(KeyRevoked { key: Name::of(&prefix) });
        NewEntry::new(detail, &permit).agent(agent).write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
