//! Sessions of people, for the server's session layer.

use std::time::Duration;

use domain::id::PersonId;
use sha2::{Digest, Sha256};

use crate::{Governance, Result, db};

/// A session ends this long after sign-in, by the database's clock: a working day with its overtime.
pub const SESSION: Duration = Duration::from_secs(12 * 3600);

impl Governance {
    /// Begins a session under an id of `new_session_id`; `false` when it has begun already.
    pub async fn begin_session(&self, id: i128, person: PersonId) -> Result<bool> {
        db::sessions::begin(&self.0.sessions, &hash(id), person, SESSION).await
    }

    /// Whose session it is; `None` when it is over.
    pub async fn session(&self, id: i128) -> Result<Option<PersonId>> {
        db::sessions::person(&self.0.sessions, &hash(id)).await
    }

    pub async fn end_session(&self, id: i128) -> Result<()> {
        db::sessions::end(&self.0.sessions, &hash(id)).await
    }
}

/// What the database keeps: whoever reads it there opens no session with it.
fn hash(id: i128) -> [u8; 32] {
    Sha256::digest(id.to_le_bytes()).into()
}
