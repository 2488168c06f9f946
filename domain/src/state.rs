//! The states of a request; `life` makes the steps between them.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Denied,
    Stopped,
    Paused,
    Shadowed,
    Waiting,
    Approved,
    Granted,
    Rejected,
    Expired,
    Cancelled,
    Succeeded,
    Failed,
    Unknown,
    RolledBack,
    /// Waiting or approved while its agent is stopped; never stored, always derived.
    Frozen,
}

impl State {
    pub const ALL: [Self; 15] = [
        Self::Denied,
        Self::Stopped,
        Self::Paused,
        Self::Shadowed,
        Self::Waiting,
        Self::Approved,
        Self::Granted,
        Self::Rejected,
        Self::Expired,
        Self::Cancelled,
        Self::Succeeded,
        Self::Failed,
        Self::Unknown,
        Self::RolledBack,
        Self::Frozen,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Stopped => "stopped",
            Self::Paused => "paused",
            Self::Shadowed => "shadowed",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Granted => "granted",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::RolledBack => "rolled_back",
            Self::Frozen => "frozen",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a request may go from this state to `to`.
    pub fn may_become(self, to: Self) -> bool {
        use State::*;
        matches!(
            (self, to),
            (Waiting, Approved | Rejected | Expired | Cancelled)
                | (Approved, Waiting | Granted | Rejected | Expired | Cancelled)
                | (Granted, Succeeded | Failed | Unknown)
                | (Unknown, Succeeded | Failed | RolledBack)
                | (Succeeded | Failed, RolledBack)
        )
    }

    /// Whether it takes up room in a window; what came to nothing gives its place back.
    pub fn counts_in_windows(self) -> bool {
        matches!(self, Self::Waiting | Self::Approved | Self::Granted | Self::Succeeded | Self::Unknown)
    }
}

/// What an agent says came of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Succeeded,
    Failed,
    Unknown,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Unknown];

    pub fn state(self) -> State {
        match self {
            Self::Succeeded => State::Succeeded,
            Self::Failed => State::Failed,
            Self::Unknown => State::Unknown,
        }
    }

    pub fn name(self) -> &'static str {
        self.state().name()
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// A grant lasts this long.
pub const GRANT_SECONDS: i64 = 30;
/// An approval waits this long for its claim.
pub const CLAIM_SECONDS: i64 = 15 * 60;
/// An outcome that has not come this long after a grant's end is unknown.
pub const OUTCOME_SECONDS: i64 = 10 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_stays_ended() {
        for end in [
            State::Denied,
            State::Stopped,
            State::Paused,
            State::Shadowed,
            State::Rejected,
            State::Expired,
            State::Cancelled,
            State::RolledBack,
        ] {
            assert!(State::ALL.iter().all(|to| !end.may_become(*to)), "{end:?}");
        }
    }

    #[test]
    fn only_an_approval_becomes_a_grant() {
        let from: Vec<State> = State::ALL.into_iter().filter(|state| state.may_become(State::Granted)).collect();
        assert_eq!(from, [State::Approved]);
    }

    #[test]
    fn names_are_read_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.name()), Some(outcome));
        }
    }
}
