//! The phases of an agent's life in which its permissions judge what it asks, and how people move it from one to another.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::agent::Mode;

/// A draft has none yet, and a retired agent none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Shadow,
    Live,
    /// Live again, after something went wrong.
    Rescue,
    /// Live, and taking on more.
    Expansion,
}

impl Phase {
    pub const ALL: [Self; 4] = [Self::Shadow, Self::Live, Self::Rescue, Self::Expansion];

    pub fn name(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Live => "live",
            Self::Rescue => "rescue",
            Self::Expansion => "expansion",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }

    /// What decisions read.
    pub fn mode(self) -> Mode {
        match self {
            Self::Shadow => Mode::Shadow,
            Self::Live | Self::Rescue | Self::Expansion => Mode::Live,
        }
    }
}

/// Where an agent stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stands {
    pub retired: bool,
    /// The one that is open.
    pub phase: Option<Phase>,
    /// Whether it has ever carried anything out by its permissions.
    pub was_live: bool,
}

impl Stands {
    /// The one place that says which mode decisions read.
    pub fn mode(&self) -> Mode {
        match self.phase {
            _ if self.retired => Mode::Retired,
            Some(phase) => phase.mode(),
            None => Mode::Draft,
        }
    }

    /// Whether people may move it so. A retired agent stays retired; a rescue or an expansion is one of what was live.
    pub fn may(&self, to: Move) -> bool {
        !self.retired
            && match to {
                Move::Retire => true,
                Move::Begin(phase @ (Phase::Rescue | Phase::Expansion)) => self.was_live && self.phase != Some(phase),
                Move::Begin(phase) => self.phase != Some(phase),
            }
    }

    /// The phases that may begin now.
    pub fn next(&self) -> impl Iterator<Item = Phase> {
        Phase::ALL.into_iter().filter(|phase| self.may(Move::Begin(*phase)))
    }
}

/// Where people move an agent; written as the name of the phase, or as `retired`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Move {
    Begin(Phase),
    Retire,
}

impl Move {
    pub fn name(self) -> &'static str {
        match self {
            Self::Begin(phase) => phase.name(),
            Self::Retire => Mode::Retired.name(),
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        match Phase::parse(name) {
            Some(phase) => Some(Self::Begin(phase)),
            None => (name == Self::Retire.name()).then_some(Self::Retire),
        }
    }

    /// The plain way into a mode; nothing becomes a draft again.
    pub fn of(mode: Mode) -> Option<Self> {
        Self::parse(mode.name())
    }

    pub fn phase(self) -> Option<Phase> {
        match self {
            Self::Begin(phase) => Some(phase),
            Self::Retire => None,
        }
    }

    /// The mode after it.
    pub fn mode(self) -> Mode {
        match self {
            Self::Begin(phase) => phase.mode(),
            Self::Retire => Mode::Retired,
        }
    }
}

impl From<Move> for String {
    fn from(to: Move) -> Self {
        to.name().to_owned()
    }
}

impl TryFrom<String> for Move {
    type Error = Unknown;

    fn try_from(name: String) -> Result<Self, Unknown> {
        Self::parse(&name).ok_or(Unknown)
    }
}

/// The name of no phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a phase is `shadow`, `live`, `rescue` or `expansion`; an agent can also be `retired`")
    }
}

impl std::error::Error for Unknown {}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(phase: Option<Phase>, was_live: bool) -> Stands {
        Stands { retired: false, phase, was_live }
    }

    #[test]
    fn a_phase_gives_the_mode() {
        let modes = Phase::ALL.map(|phase| stands(Some(phase), false).mode());
        assert_eq!(modes, [Mode::Shadow, Mode::Live, Mode::Live, Mode::Live]);
        assert_eq!(Stands::default().mode(), Mode::Draft);
        for phase in [None, Some(Phase::Live)] {
            assert_eq!(Stands { retired: true, phase, was_live: true }.mode(), Mode::Retired);
        }
    }

    #[test]
    fn a_rescue_or_an_expansion_is_of_what_was_live() {
        let next = |stands: Stands| stands.next().collect::<Vec<_>>();
        assert_eq!(next(Stands::default()), [Phase::Shadow, Phase::Live]);
        assert_eq!(next(stands(Some(Phase::Shadow), false)), [Phase::Live]);
        assert_eq!(next(stands(Some(Phase::Shadow), true)), [Phase::Live, Phase::Rescue, Phase::Expansion]);
        assert_eq!(next(stands(Some(Phase::Rescue), true)), [Phase::Shadow, Phase::Live, Phase::Expansion]);
    }

    #[test]
    fn a_retired_agent_stays_retired() {
        let retired = Stands { retired: true, phase: None, was_live: true };
        assert_eq!(retired.next().count(), 0);
        assert!(!retired.may(Move::Retire));
    }

    #[test]
    fn a_move_is_written_as_its_name() {
        for to in Phase::ALL.map(Move::Begin).into_iter().chain([Move::Retire]) {
            assert_eq!(Move::parse(to.name()), Some(to));
        }
        assert_eq!(Move::of(Mode::Draft), None);
        assert!(serde_json::from_str::<Move>("\"draft\"").is_err());
    }
}
