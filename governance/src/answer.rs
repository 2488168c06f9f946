//! What agents are answered; the server writes it on the wire.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    approval::{self, Pending},
    decision::{Decision, Reason, Verdict},
    id::RequestId,
    kept::Kept,
    state::{GRANT_SECONDS, State},
    view::OutcomeView,
};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use crate::{control::Control, error::Result};

/// The decision as it is stored with its request and answered again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    pub id: RequestId,
    /// Its name on the wire.
    pub decision: String,
    pub state: State,
    pub reasons: Vec<Reason>,
    pub permission_version: Option<i32>,
    pub approvals: Vec<Pending>,
    pub would_have_been: Option<String>,
    /// Made anew each time, never stored.
    #[serde(skip)]
    pub grant: Option<Grant>,
    #[serde(skip)]
    pub replayed: bool,
}

/// Leave to execute one request once.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    pub token: String,
    pub execute_before: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Claimed {
    pub grant: Grant,
    pub arguments: Value,
}

/// A request as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    pub asked: Asked,
    pub state: State,
    pub action: String,
    pub arguments: Value,
    /// Whether what was asked was erased with its customer: then there are no arguments.
    pub erased: bool,
    /// What is needed, and how many count for it now.
    pub approvals: Vec<(Pending, u32)>,
    /// Who decided, when, and their note.
    pub votes: Vec<Vote>,
    pub asked_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub deadline: Option<DateTime<Utc>>,
    pub outcome: Option<OutcomeView>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    pub by: String,
    pub what: String,
    pub at: DateTime<Utc>,
    pub note: String,
    pub queues: Vec<String>,
}

/// What became of a reported outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    pub id: RequestId,
    pub state: State,
}

impl Kept for Asked {
    const FORMAT: u64 = 1;
}

impl Asked {
    pub fn new(id: RequestId, decision: Decision, permission_version: Option<i32>, now: DateTime<Utc>) -> Self {
        let name = decision.verdict.name().to_owned();
        let (state, approvals, would_have_been) = match decision.verdict {
            Verdict::Stopped => (State::Stopped, Vec::new(), None),
            Verdict::Denied => (State::Denied, Vec::new(), None),
            Verdict::Paused => (State::Paused, Vec::new(), None),
            Verdict::Allowed => (State::Granted, Vec::new(), None),
            Verdict::Shadowed { would } => (State::Shadowed, Vec::new(), Some(would.name().to_owned())),
            Verdict::NeedsApproval { needs } => (State::Waiting, approval::pending(needs, now), None),
        };
        let reasons = decision.reasons;
        let (grant, replayed) = (None, false);
        Self { id, decision: name, state, reasons, permission_version, approvals, would_have_been, grant, replayed }
    }

    /// Until when the request stays as it is: to be decided, or to be executed.
    pub fn deadline(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.state {
            State::Waiting => approval::deadline(&self.approvals),
            State::Granted => Some(now + TimeDelta::seconds(GRANT_SECONDS)),
            _ => None,
        }
    }
}

impl Control {
    /// The grant of a request; any replica derives the same token.
    pub fn grant(&self, request: RequestId, execute_before: DateTime<Utc>) -> Result<Grant> {
        Ok(Grant { token: self.token(request)?, execute_before })
    }

    fn token(&self, request: RequestId) -> Result<String> {
        let mut mac = self.mac()?;
        mac.update(request.0.as_bytes());
        Ok(format!("grant_{}", domain::json::hex(&mac.finalize().into_bytes())))
    }

    /// Compares in constant time.
    pub fn token_fits(&self, request: RequestId, token: &str) -> Result<bool> {
        let expected = self.token(request)?;
        let same = expected.len() == token.len();
        let difference = expected.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        Ok(same && difference == 0)
    }

    fn mac(&self) -> Result<Hmac<Sha256>> {
        Hmac::<Sha256>::new_from_slice(&self.secret).map_err(|_| crate::error::corrupt("control.grant_secret"))
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        decision::{Layer, Need},
        kept::{self, Written},
        permission::Otherwise,
    };
    use uuid::Uuid;

    use super::*;

    /// What was answered by each form, as `domain/tests/kept` has it of all else.
    const GOLDEN: [&str; 1] = [include_str!("../../domain/tests/golden/answer.1.json")];

    fn sample() -> Asked {
        let need = Need {
            queue: "cs-leads".to_owned(),
            needed: 2,
            within_s: 3600,
            otherwise: Otherwise::Escalate { queue: "managers".to_owned(), within_s: 7200 },
            same_person: false,
            rules: vec!["over-50".to_owned()],
        };
        let reason = |layer| Reason {
            layer,
            rule: "over-50".to_owned(),
            text: "Over $50.00.".to_owned(),
            pointer: Some("/arguments/total".to_owned()),
        };
        Asked {
            id: RequestId(Uuid::from_u128(1)),
            decision: "needs_approval".to_owned(),
            state: State::Waiting,
            reasons: Layer::ALL.map(reason).into(),
            permission_version: Some(3),
            approvals: vec![Pending {
                need,
                expires_at: DateTime::from_timestamp(1_793_439_000, 0).unwrap_or_default(),
            }],
            would_have_been: Some("allowed".to_owned()),
            grant: None,
            replayed: false,
        }
    }

    #[test]
    fn an_answer_is_kept_and_read_as_it_ever_was() -> Result<()> {
        let written = format!("{}\n", serde_json::to_string_pretty(&Written::of(&sample()))?);
        assert_eq!(written, GOLDEN[GOLDEN.len() - 1], "give it the next `FORMAT`, and a golden file of that");
        for (format, golden) in (1..).zip(GOLDEN) {
            let read: Asked = kept::read(serde_json::from_str(golden)?)?;
            assert!(format < Asked::FORMAT || read == sample(), "{read:?}");
        }
        assert_eq!(GOLDEN.len() as u64, Asked::FORMAT);
        Ok(())
    }
}
