//! The control state: everything that people set and that decisions rest on.
//!
//! Each decision takes the control lock shared, in a statement of its own, and reads the revision in a later one; what
//! is in memory is used only if its revision is the same, number and nonce. Each control change takes the lock exclusively.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use domain::{
    action::{ActionType, DATA_READ},
    agent::{Mode, Stopped, Tightening},
    as_one::AsOne,
    clock::{Clock, Span},
    decision::Prepared,
    facts::Words,
    id::{AgentId, PersonId},
    sentence::{Names, value},
    standing::Members,
    view::{AgentLink, KeyKind},
};
use uuid::Uuid;

use crate::error::AgentError;

/// Which control state it is: a number that grows with each change, and a random value that is new with each.
///
/// The number alone comes again in a database that was restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Revision {
    pub number: i64,
    pub nonce: Uuid,
}

pub(crate) struct Control {
    pub revision: Revision,
    /// Raised by each stop of everything.
    pub stop_epoch: i64,
    pub everything_stopped: bool,
    /// From which grant tokens are derived.
    pub secret: Vec<u8>,
    pub agents: HashMap<AgentId, AgentControl>,
    /// By the SHA-256 of the key; revoked ones are not among them.
    pub keys: HashMap<Vec<u8>, KeyControl>,
    pub actions: HashMap<String, (i32, ActionType)>,
    pub words: Words,
    /// The names of the integrations, by slug.
    pub open_breakers: HashMap<String, String>,
    /// When agents, or everything, were stopped, and integrations paused: of the last year.
    pub stops: Vec<(Option<AgentId>, Span)>,
    pub pauses: HashMap<String, Vec<Span>>,
    /// Who may decide for each queue, by its slug.
    pub members: Members,
    /// Who counts as one person; where one admin alone can publish, nobody does.
    pub as_one: AsOne,
    pub names: Names,
}

/// What makes clocks stand still.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Still {
    Everything,
    Agent(AgentId),
    Integration(String),
    Retired(AgentId),
}

pub(crate) struct AgentControl {
    pub link: AgentLink,
    pub mode: Mode,
    /// This version of Reins cannot read what was kept of it: it counts as stopped, and nothing is judged for it.
    pub unreadable: bool,
    pub stopped: bool,
    /// Raised by each stop of this agent.
    pub stop_epoch: i64,
    pub permissions: Option<(i32, Arc<Prepared>)>,
    /// When those were published, by which they are known again: in a database that was restored, the version may be another's.
    pub published_at: Option<DateTime<Utc>>,
    pub tightenings: Vec<Tightening>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyControl {
    pub kind: KeyKind,
    pub agent: AgentId,
}

impl Control {
    pub fn stopped(&self, agent: AgentId) -> Option<Stopped> {
        if self.everything_stopped {
            return Some(Stopped::Everything);
        }
        // An agent that is not in here cannot be judged; it counts as stopped.
        self.agents.get(&agent).is_none_or(|a| a.stopped || a.unreadable).then_some(Stopped::ThisAgent)
    }

    /// Nothing is judged for an agent that cannot be read: what it may do is not known.
    pub fn need_readable(&self, agent: AgentId) -> Result<(), AgentError> {
        match self.agents.get(&agent).is_some_and(|known| known.unreadable) {
            true => Err(AgentError::Unavailable),
            false => Ok(()),
        }
    }

    /// Grows with each stop that holds this agent.
    pub fn epoch(&self, agent: AgentId) -> i64 {
        self.stop_epoch + self.agents.get(&agent).map_or(0, |a| a.stop_epoch)
    }

    pub fn action(&self, name: &str) -> Option<(i32, &ActionType)> {
        self.actions.get(name).map(|(revision, action)| (*revision, action))
    }

    /// Why this agent could not carry an action out that it asked for by that revision of its type, whatever the arguments.
    pub fn in_vain(&self, agent: AgentId, action: &str, revision: Option<i32>) -> Option<String> {
        let Some(known) = self.agents.get(&agent) else { return Some("Its agent is not known yet.".to_owned()) };
        let (name, label) = (value(&known.link.name), value(&self.label(action)));
        if known.unreadable {
            return Some(format!(
                "This version of Reins cannot read the permissions of {name}, which carries nothing out."
            ));
        }
        let set = known.permissions.as_ref().map(|(_, set)| &set.action_scope);
        let allowance = set.filter(|scope| !scope.deny.contains(action)).and_then(|scope| scope.allow.get(action));
        let now = self.action(action).map(|(revision, _)| revision);
        Some(match (known.mode, allowance) {
            (Mode::Shadow, _) => format!("{name} is in shadow now, and carries nothing out."),
            (Mode::Draft, _) => format!("{name} is a draft now, and carries nothing out."),
            (Mode::Retired, _) => format!("{name} is retired, and carries nothing out."),
            (Mode::Live, _) if now.is_none() || now != revision => {
                format!("What {label} means was changed after this was asked, so {name} could not carry it out.")
            }
            (Mode::Live, None) => format!("{name} may not do {label} any more."),
            (Mode::Live, Some(allowance)) if allowance.shadow => {
                format!("{label} is in shadow for {name} now, and is not carried out.")
            }
            (Mode::Live, Some(_)) => return None,
        })
    }

    pub fn breaker_open(&self, action: Option<&ActionType>) -> bool {
        action.and_then(|a| a.integration.as_ref()).is_some_and(|slug| self.open_breakers.contains_key(slug))
    }

    /// The clock of a request, which stands still while its agent is stopped or its integration paused.
    pub fn clock(&self, agent: AgentId, action: &str, asked_at: DateTime<Utc>, now: DateTime<Utc>) -> Clock {
        let stops = self.stops.iter().filter(|(of, _)| of.is_none_or(|of| of == agent)).map(|(_, span)| *span);
        let integration = self.action(action).and_then(|(_, action)| action.integration.as_ref());
        let pauses = integration.and_then(|slug| self.pauses.get(slug)).into_iter().flatten().copied();
        Clock::new(asked_at, stops.chain(pauses), now)
    }

    /// What makes clocks stand still now, and whose requests are over.
    pub fn standing_still(&self) -> BTreeSet<Still> {
        let mut still = self.stood_still(|span| span.until.is_none());
        still.extend(self.retired());
        still
    }

    /// What clocks stand still for, or go on from, since then, and whose requests are over.
    pub fn turned_since(&self, since: DateTime<Utc>) -> BTreeSet<Still> {
        let mut turned = self.stood_still(|span| span.from > since || span.until.is_some_and(|until| until > since));
        turned.extend(self.retired());
        turned
    }

    fn retired(&self) -> impl Iterator<Item = Still> {
        let retired = self.agents.iter().filter(|(_, known)| known.mode == Mode::Retired);
        retired.map(|(agent, _)| Still::Retired(*agent))
    }

    fn stood_still(&self, fits: impl Fn(&Span) -> bool) -> BTreeSet<Still> {
        let stops = self.stops.iter().filter(|(_, span)| fits(span));
        let stops = stops.map(|(agent, _)| agent.map_or(Still::Everything, Still::Agent));
        let pauses = self.pauses.iter().filter(|(_, spans)| spans.iter().any(&fits));
        stops.chain(pauses.map(|(slug, _)| Still::Integration(slug.clone()))).collect()
    }

    /// The actions that run on an integration.
    pub fn actions_on(&self, integration: &str) -> impl Iterator<Item = String> {
        let actions = self.actions.iter();
        let on_it = actions.filter(move |(_, (_, action))| action.integration.as_deref() == Some(integration));
        on_it.map(|(name, _)| name.clone())
    }

    /// The queues that this person may decide for.
    pub fn queues_of(&self, person: PersonId) -> BTreeSet<String> {
        let mine = self.members.iter().filter(|(_, members)| members.contains_key(&person));
        mine.map(|(queue, _)| queue.clone()).collect()
    }

    /// The label of an action, or its name where it is unknown.
    pub fn label(&self, action: &str) -> String {
        self.actions.get(action).map_or_else(|| action.to_owned(), |(_, known)| known.label.clone())
    }
}

/// Adds what is built in.
pub(crate) fn with_built_ins(mut actions: HashMap<String, (i32, ActionType)>) -> HashMap<String, (i32, ActionType)> {
    actions.insert(DATA_READ.to_owned(), (1, ActionType::data_read()));
    actions
}
