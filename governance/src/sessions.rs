//! Sessions of people, for the server's session layer.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{Governance, Result, db};

#[derive(Clone, Debug, PartialEq)]
pub struct SessionRow {
    pub id: String,
    pub data: Value,
    pub expires_at: DateTime<Utc>,
}

impl Governance {
    /// `false` when a session with this id exists.
    pub async fn create_session(&self, session: &SessionRow) -> Result<bool> {
        db::sessions::create(&self.0.doors, session).await
    }

    pub async fn save_session(&self, session: &SessionRow) -> Result<()> {
        db::sessions::save(&self.0.doors, session).await
    }

    pub async fn load_session(&self, id: &str) -> Result<Option<SessionRow>> {
        db::sessions::load(&self.0.doors, id).await
    }

    pub async fn delete_session(&self, id: &str) -> Result<()> {
        db::sessions::delete(&self.0.doors, id).await
    }
}
