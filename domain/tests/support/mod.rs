//! A request with all that its decision rests on, for a test to change.

use chrono::{DateTime, Utc};
use domain::{
    action::ActionType,
    agent::{Mode, Stopped, Tightening},
    decision::{Decision, Prepared, World, decide},
    facts::{Facts, Words},
    id::AgentId,
    permission::PermissionSet,
    request::Ask,
    sentence::Names,
};

#[derive(Clone, Debug)]
pub struct Case {
    pub ask: Ask,
    pub mode: Mode,
    pub stopped: Option<Stopped>,
    pub action: Option<ActionType>,
    pub permissions: Option<PermissionSet>,
    pub tightenings: Vec<Tightening>,
    pub breaker_open: bool,
    pub words: Words,
    pub facts: Facts,
}

pub const AGENT: AgentId = AgentId(uuid::Uuid::from_u128(1));
pub const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

impl Case {
    pub fn decide(&self) -> Decision {
        let prepared = self.permissions.clone().map(|set| Prepared::new(set, &Names::default()));
        let world = World {
            agent: AGENT,
            mode: self.mode,
            stopped: self.stopped,
            action: self.action.as_ref(),
            permissions: prepared.as_ref(),
            tightenings: &self.tightenings,
            breaker_open: self.breaker_open,
            words: &self.words,
            facts: &self.facts,
            now: NOW,
        };
        decide(&self.ask, &world)
    }
}
