//! What an agent has and what it lacks before a phase begins. It only says so; whoever refuses reads the same.

use chrono::NaiveDate;

use crate::{
    action::{ActionType, Reversibility},
    permission::PermissionSet,
    phase::Phase,
};

mod told;

use told::there;

/// How many days in shadow show how an agent decides.
pub const SHADOW_DAYS: u32 = 7;

/// What is known of an agent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Those in force.
    pub permissions: Option<PermissionSet>,
    /// The action types that they allow, as they are now.
    pub actions: Vec<ActionType>,
    /// The integrations that those run on.
    pub integrations: Vec<RunsOn>,
    /// Of the queues that its rules ask, what keeps them from deciding, in sentences.
    pub short: Vec<String>,
    /// What is wrong or risky now and was not accepted when it was published, in sentences.
    pub risks: Vec<String>,
    /// Keys that it can ask with.
    pub keys: u32,
    /// Whole days in shadow.
    pub shadow_days: u32,
    /// Requests that were judged in shadow within the last 30 days.
    pub shadowed: u32,
    /// Whether it was stopped and released within the last year.
    pub was_stopped: bool,
    /// How many of its breaches and of its unknown outcomes nobody has settled.
    pub to_settle: (u32, u32),
    /// In the brand's time zone.
    pub today: NaiveDate,
}

/// An integration that actions run on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunsOn {
    pub slug: String,
    pub name: String,
    /// The one that is pinned.
    pub version: Option<String>,
    /// The last day of that version.
    pub ends: Option<NaiveDate>,
    pub paused: bool,
}

/// What is looked at, in the order of a checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    DataAccess,
    Actions,
    Rules,
    People,
    Logging,
    Risks,
    Integrations,
    Undoing,
    Key,
    Stop,
    Shadow,
    Settled,
}

impl Check {
    pub const ALL: [Self; 12] = [
        Self::DataAccess,
        Self::Actions,
        Self::Rules,
        Self::People,
        Self::Logging,
        Self::Risks,
        Self::Integrations,
        Self::Undoing,
        Self::Key,
        Self::Stop,
        Self::Shadow,
        Self::Settled,
    ];
}

/// Something that an agent lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    DataAccess,
    Actions,
    /// No rule asks anybody, and it is not known to leave everything outside as it is.
    Rules,
    /// A queue cannot decide, in a sentence.
    People(String),
    /// What is not recorded; empty where nothing says what is.
    Logging(Vec<&'static str>),
    Risk(String),
    /// Actions run on what Reins does not know.
    Integration {
        slug: String,
    },
    Pin {
        slug: String,
        name: String,
    },
    /// The last day of its version is over.
    PinEnded {
        slug: String,
        name: String,
        version: String,
    },
    Paused {
        slug: String,
        name: String,
    },
    /// An action that can be undone does not say how.
    Undoing {
        action: String,
        label: String,
    },
    Key,
    Stop,
    Shadow {
        days: u32,
    },
    Settled {
        breaches: u32,
        unknown: u32,
    },
}

/// Where something is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Permissions,
    Queues,
    /// An integration, by its slug.
    Integration(String),
    /// An action type, by its name.
    Action(String),
    Keys,
    Stop,
    /// Where the agent is moved to another phase.
    Phases,
    Today,
}

impl Missing {
    pub fn check(&self) -> Check {
        match self {
            Self::DataAccess => Check::DataAccess,
            Self::Actions => Check::Actions,
            Self::Rules => Check::Rules,
            Self::People(_) => Check::People,
            Self::Logging(_) => Check::Logging,
            Self::Risk(_) => Check::Risks,
            Self::Integration { .. } | Self::Pin { .. } | Self::PinEnded { .. } | Self::Paused { .. } => {
                Check::Integrations
            }
            Self::Undoing { .. } => Check::Undoing,
            Self::Key => Check::Key,
            Self::Stop => Check::Stop,
            Self::Shadow { .. } => Check::Shadow,
            Self::Settled { .. } => Check::Settled,
        }
    }

    pub fn place(&self) -> Place {
        match self {
            Self::DataAccess | Self::Actions | Self::Rules | Self::Logging(_) | Self::Risk(_) => Place::Permissions,
            Self::People(_) => Place::Queues,
            Self::Integration { slug }
            | Self::Pin { slug, .. }
            | Self::PinEnded { slug, .. }
            | Self::Paused { slug, .. } => Place::Integration(slug.clone()),
            Self::Undoing { action, .. } => Place::Action(action.clone()),
            Self::Key => Place::Keys,
            Self::Stop => Place::Stop,
            Self::Shadow { .. } => Place::Phases,
            Self::Settled { .. } => Place::Today,
        }
    }

    /// Whether it may not be missing when the phase begins.
    pub fn matters_for(&self, phase: Phase) -> bool {
        match (self.check(), phase) {
            // Nothing is carried out in shadow: it takes what lets it ask, and something to judge that by.
            (Check::DataAccess | Check::Actions | Check::Logging | Check::Key, Phase::Shadow) => true,
            (_, Phase::Shadow) => false,
            // What comes back has been live: what went wrong is settled first.
            (Check::Shadow, Phase::Rescue) => false,
            (Check::Settled, Phase::Live) => false,
            (_, Phase::Live | Phase::Rescue | Phase::Expansion) => true,
        }
    }
}

/// A line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub check: Check,
    pub missing: Vec<Missing>,
    /// What is there, in a sentence; only where nothing is missing.
    pub there: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// In the order of [`Check::ALL`], without what cannot be said while no permissions are in force.
    pub checks: Vec<Checked>,
}

impl Readiness {
    pub fn of(facts: &Facts) -> Self {
        let missing = missing(facts);
        let checks = Check::ALL.into_iter().filter_map(|check| {
            let missing: Vec<Missing> = missing.iter().filter(|one| one.check() == check).cloned().collect();
            let there = if missing.is_empty() { Some(there(check, facts)?) } else { None };
            Some(Checked { check, missing, there })
        });
        Self { checks: checks.collect() }
    }

    /// What may not be missing when the phase begins, and is.
    pub fn missing_for(&self, phase: Phase) -> impl Iterator<Item = &Missing> {
        self.checks.iter().flat_map(|line| &line.missing).filter(move |missing| missing.matters_for(phase))
    }
}

fn missing(facts: &Facts) -> Vec<Missing> {
    let mut found = Vec::new();
    let set = facts.permissions.as_ref();
    if set.is_none_or(|set| set.data_access.read.is_empty() && set.data_access.deny.is_empty()) {
        found.push(Missing::DataAccess);
    }
    if facts.actions.is_empty() {
        found.push(Missing::Actions);
    }
    let acts = facts.actions.iter().any(|action| action.effect.needs_outcome());
    if set.is_none_or(|set| acts && set.approval_thresholds.in_force().next().is_none()) {
        found.push(Missing::Rules);
    }
    match set.map(unrecorded) {
        Some(not) if not.is_empty() => {}
        not => found.push(Missing::Logging(not.unwrap_or_default())),
    }
    found.extend(facts.short.iter().cloned().map(Missing::People));
    found.extend(facts.risks.iter().cloned().map(Missing::Risk));
    found.extend(facts.integrations.iter().flat_map(|one| one.missing(facts.today)));
    found.extend(
        facts
            .actions
            .iter()
            .filter(|action| lacks_its_undoing(action))
            .map(|action| Missing::Undoing { action: action.name.clone(), label: action.label.clone() }),
    );
    let (breaches, unknown) = facts.to_settle;
    for (lacks, missing) in [
        (facts.keys == 0, Missing::Key),
        (!facts.was_stopped, Missing::Stop),
        (facts.shadow_days < SHADOW_DAYS, Missing::Shadow { days: facts.shadow_days }),
        (breaches > 0 || unknown > 0, Missing::Settled { breaches, unknown }),
    ] {
        found.extend(lacks.then_some(missing));
    }
    found
}

fn unrecorded(set: &PermissionSet) -> Vec<&'static str> {
    let recorded = set.audit_logging.record;
    let parts = [(recorded.input, "inputs"), (recorded.reasoning, "reasoning"), (recorded.output, "outputs")];
    parts.into_iter().filter(|(is, _)| !is).map(|(_, name)| name).collect()
}

fn lacks_its_undoing(action: &ActionType) -> bool {
    match &action.reversibility {
        Reversibility::Reversible { how } | Reversibility::Until { how, .. } => how.trim().is_empty(),
        Reversibility::Irreversible => false,
    }
}

impl RunsOn {
    fn missing(&self, today: NaiveDate) -> Vec<Missing> {
        let Self { slug, name, version, ends, paused } = self.clone();
        if name.is_empty() {
            return vec![Missing::Integration { slug }];
        }
        let pin = match version {
            None => Some(Missing::Pin { slug: slug.clone(), name: name.clone() }),
            Some(version) => ends.filter(|last| *last < today).map(|_| Missing::PinEnded {
                slug: slug.clone(),
                name: name.clone(),
                version,
            }),
        };
        pin.into_iter().chain(paused.then_some(Missing::Paused { slug, name })).collect()
    }
}
