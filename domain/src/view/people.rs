//! People as the settings show them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{id::PersonId, role::Role};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub disabled_at: Option<DateTime<Utc>>,
    /// Slugs of the queues of which the person is a member.
    pub queues: Vec<String>,
    /// Who may know their password beside them.
    pub known_to: Option<KnownTo>,
}

/// Somebody who has chosen the password of another person, and counts as one with them until that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownTo {
    pub by: String,
    /// Since when the person, or whoever was signed in as them, has another password.
    pub own_since: Option<DateTime<Utc>>,
    /// Whether the reader may confirm that it was the person.
    pub may_confirm: bool,
}
