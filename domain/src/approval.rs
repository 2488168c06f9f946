//! What is asked of people, and what they said. Who counts and what is still needed, `standing` says.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{decision::Need, id::PersonId, kept::Kept};

/// One person's yes, and the queues for which it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    pub by: PersonId,
    pub queues: BTreeSet<String>,
    pub at: DateTime<Utc>,
    pub note: String,
}

/// A need with its deadline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    #[serde(flatten)]
    pub need: Need,
    pub expires_at: DateTime<Utc>,
}

impl Kept for Pending {
    const FORMAT: u64 = 1;
}

/// Starts the clocks.
pub fn pending(needs: Vec<Need>, now: DateTime<Utc>) -> Vec<Pending> {
    needs.into_iter().map(|need| Pending { expires_at: after(now, need.within_s), need }).collect()
}

/// When the request has to be decided; the earliest deadline counts.
pub fn deadline(pending: &[Pending]) -> Option<DateTime<Utc>> {
    pending.iter().map(|p| p.expires_at).min()
}

pub(crate) fn after(now: DateTime<Utc>, seconds: u32) -> DateTime<Utc> {
    // Beyond the calendar's end there is no time left.
    now.checked_add_signed(chrono::TimeDelta::seconds(i64::from(seconds))).unwrap_or(now)
}
