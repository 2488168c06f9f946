//! Who may do what: one table.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Auditor,
    Reviewer,
    Operator,
    Manager,
    Admin,
}

/// Something that a person can do in Reins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// See agents, requests and the record.
    Look,
    /// Press the stop. Everyone who can sign in may.
    Stop,
    /// Release what is stopped.
    Release,
    /// Decide requests of the queues that one is a member of.
    Decide,
    /// Settle unknown outcomes and breaches, and record a rollback.
    Settle,
    /// Open and close a breaker by hand.
    Break,
    /// Add and lift tightenings.
    Tighten,
    /// Change an agent's mode, and publish its permission set.
    Govern,
    /// People, roles, queues and their members.
    ManagePeople,
    /// Agent keys.
    ManageKeys,
    /// See what Reins does by itself, and the servers that do it.
    Operate,
    /// Erase what is kept of a customer, and place and release legal holds.
    Erase,
}

impl Capability {
    /// What somebody without it was refused.
    pub fn words(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Stop => "stop an agent",
            Self::Release => "release what is stopped",
            Self::Decide => "decide a request",
            Self::Settle => "settle or roll back",
            Self::Break => "open or close a circuit breaker",
            Self::Tighten => "tighten or lift",
            Self::Govern => "change an agent",
            Self::ManagePeople => "manage people and queues",
            Self::ManageKeys => "manage keys",
            Self::Operate => "see what runs by itself",
            Self::Erase => "erase a customer, or hold what is kept of one",
        }
    }
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Auditor, Self::Reviewer, Self::Operator, Self::Manager, Self::Admin];

    /// The capability table.
    pub fn can(self, capability: Capability) -> bool {
        use Capability::*;
        match capability {
            Look | Stop => true,
            Decide => self != Self::Auditor,
            Release | Break | Operate => matches!(self, Self::Operator | Self::Admin),
            Settle | Tighten => matches!(self, Self::Operator | Self::Manager | Self::Admin),
            Govern | ManagePeople | ManageKeys | Erase => self == Self::Admin,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Auditor => "auditor",
            Self::Reviewer => "reviewer",
            Self::Operator => "operator",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What the role is for, in a line.
    pub fn words(self) -> &'static str {
        match self {
            Self::Auditor => "reads agents, requests and the record, changes nothing, may stop",
            Self::Reviewer => "decides requests in their queues",
            Self::Operator => "stops and releases agents, settles what is unclear",
            Self::Manager => "decides, settles and reviews",
            Self::Admin => "writes the rules, manages people and keys",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_may_look_and_stop_and_only_operators_and_admins_release() {
        for role in Role::ALL {
            assert!(role.can(Capability::Look) && role.can(Capability::Stop));
            assert_eq!(role.can(Capability::Release), matches!(role, Role::Operator | Role::Admin));
        }
    }

    #[test]
    fn an_auditor_changes_nothing_but_the_stop() {
        use Capability::*;
        for capability in [Release, Decide, Settle, Break, Tighten, Govern, ManagePeople, ManageKeys, Operate, Erase] {
            assert!(!Role::Auditor.can(capability), "{capability:?}");
        }
    }
}
