//! The four layers: what an agent may read and do, what people decide, and what is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    action::Effect,
    kept::Kept,
    money::{Currency, Money},
};

mod faults;

/// A version of an agent's four layers; never changed once published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionSet {
    pub data_access: DataAccess,
    pub action_scope: ActionScope,
    pub approval_thresholds: ApprovalThresholds,
    pub audit_logging: AuditLogging,
}

/// Layer 1. What is not listed is denied; a denial wins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataAccess {
    #[serde(default)]
    pub read: BTreeMap<String, Scope>,
    #[serde(default)]
    pub deny: BTreeSet<String>,
}

/// Whose data may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only that of the customer whom the request is for.
    ThisCustomer,
    All,
}

/// Layer 2. What is not listed is denied; a denial wins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionScope {
    #[serde(default)]
    pub allow: BTreeMap<String, Allowance>,
    #[serde(default)]
    pub deny: BTreeSet<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// Judged and recorded, never carried out.
    #[serde(default)]
    pub shadow: bool,
    /// Beyond them is denied, and nobody is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
}

/// A bound on an action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Limit {
    /// An amount a request.
    Amount { most: Money },
    /// Requests in a rolling window, this one included.
    Count { most: u32, window: WindowSpec },
    /// Money in a rolling window, this request included.
    Sum { most: Money, window: WindowSpec },
}

/// A rolling stretch of time, and whose requests in it count.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowSpec {
    pub per: Per,
    /// Its length, in seconds.
    pub within_s: u32,
    /// The actions that count; without any, the one that is judged.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub actions: BTreeSet<String>,
    /// Whether the agent's word that something failed gives its place back; otherwise it counts until a hook or a person
    /// has confirmed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trust_agent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    Customer,
    Agent,
}

/// Layer 3. Every rule that fits must be met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalThresholds {
    /// Who decides where no rule names a queue: a tightening, a second customer under one trigger.
    pub queue: String,
    #[serde(default = "four_hours")]
    pub within_s: u32,
    #[serde(default)]
    pub rules: Vec<Rule>,
}

fn four_hours() -> u32 {
    4 * 60 * 60
}

/// "When these actions and all these conditions, `needed` different people of `queue` decide within `within_s`."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Such as `refund-over-50`; unique in its set.
    pub id: String,
    /// Kept, and asks nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
    pub applies_to: AppliesTo,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
    pub queue: String,
    #[serde(default = "one")]
    pub needed: u32,
    #[serde(default = "four_hours")]
    pub within_s: u32,
    #[serde(default, rename = "else")]
    pub otherwise: Otherwise,
    /// Whether somebody who decides for another queue may decide for this one, too.
    #[serde(default)]
    pub same_person: bool,
}

fn one() -> u32 {
    1
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// Every action that the agent may take.
    Any,
    Actions(BTreeSet<String>),
    Effects(BTreeSet<Effect>),
}

/// What happens when nobody decides in time. It is never a yes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    #[default]
    Reject,
    /// Another queue gets it, with a time of its own; after that it is rejected.
    Escalate { queue: String, within_s: u32 },
}

/// Something that can be true of a request. What is unknown counts as true: it asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Another currency than the limit's is unknown.
    AmountOver { limit: Money },
    /// The customer has at most one order, this one included.
    FirstOrder {
        #[serde(default)]
        trust_agent: bool,
    },
    LifetimeValueOver {
        limit: Money,
        #[serde(default)]
        trust_agent: bool,
    },
    OpenComplaint {
        #[serde(default)]
        trust_agent: bool,
    },
    /// The customer is none of those whom the brand has named, by exactly this id.
    UnknownCustomer,
    /// One of these topics, declared by the agent or found by the brand's word lists.
    Touches { topics: BTreeSet<String> },
    /// No request of this agent with this action and template has succeeded yet.
    FirstOfItsKind,
    /// The template is not one of these, which an admin listed as low-stakes.
    TemplateNotIn { templates: BTreeSet<String> },
    /// More requests than this in the window, this one included.
    CountOver { limit: u32, window: WindowSpec },
    /// More money than this in the window, this request included.
    SumOver { limit: Money, window: WindowSpec },
    /// The action cannot be undone, or only until some moment.
    Irreversible,
}

/// Layer 4.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditLogging {
    #[serde(default)]
    pub record: Recorded,
    /// What a request must carry; without it, it is denied.
    #[serde(default)]
    pub require: BTreeSet<Field>,
    /// JSON pointers into the request whose values nobody is shown, such as `/arguments/card`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub mask: BTreeSet<String>,
    #[serde(default = "one_year")]
    pub keep_days: u32,
}

fn one_year() -> u32 {
    365
}

/// Entries are kept six months at the least.
pub const LEAST_KEEP_DAYS: u32 = 183;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recorded {
    pub input: bool,
    pub reasoning: bool,
    pub output: bool,
    /// Whose data was read, where that is not the request's own customer; which data sets is always recorded.
    pub reads: bool,
}

impl Default for Recorded {
    fn default() -> Self {
        Self { input: true, reasoning: true, output: true, reads: true }
    }
}

/// A part of a request that layer 4 can require.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Customer,
    Reads,
    Topics,
    Template,
    Trigger,
    Input,
    Reasoning,
    Output,
    Model,
    PromptVersion,
    AgentVersion,
}

impl Field {
    /// In the order in which a page asks for them.
    pub const ALL: [Self; 11] = [
        Self::Customer,
        Self::Trigger,
        Self::Input,
        Self::Reasoning,
        Self::Output,
        Self::Reads,
        Self::Topics,
        Self::Template,
        Self::Model,
        Self::PromptVersion,
        Self::AgentVersion,
    ];

    /// Its name in a request.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Reads => "reads",
            Self::Topics => "topics",
            Self::Template => "template",
            Self::Trigger => "trigger",
            Self::Input => "input",
            Self::Reasoning => "reasoning",
            Self::Output => "output",
            Self::Model => "model",
            Self::PromptVersion => "prompt_version",
            Self::AgentVersion => "agent_version",
        }
    }
}

impl Kept for PermissionSet {
    const FORMAT: u64 = 1;
}

impl PermissionSet {
    /// Every queue that the set asks.
    pub fn queues(&self) -> BTreeSet<&str> {
        let mut queues = BTreeSet::from([self.approval_thresholds.queue.as_str()]);
        for rule in self.approval_thresholds.in_force() {
            queues.insert(&rule.queue);
            if let Otherwise::Escalate { queue, .. } = &rule.otherwise {
                queues.insert(queue);
            }
        }
        queues
    }
}

impl ApprovalThresholds {
    /// The rules that are not switched off.
    pub fn in_force(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| !rule.off)
    }
}

impl Limit {
    /// That of its money; `None` for a count.
    pub fn currency(&self) -> Option<Currency> {
        match self {
            Self::Amount { most } | Self::Sum { most, .. } => Some(most.currency),
            Self::Count { .. } => None,
        }
    }

    /// Whether both bound the same money, but for the currency and how much of it: each then judges its own.
    pub fn differs_in_currency_alone(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Amount { .. }, Self::Amount { .. }) => true,
            (Self::Sum { window, .. }, Self::Sum { window: its, .. }) => window == its,
            _ => false,
        }
    }

    pub fn window(&self) -> Option<&WindowSpec> {
        match self {
            Self::Amount { .. } => None,
            Self::Count { window, .. } | Self::Sum { window, .. } => Some(window),
        }
    }
}

impl Condition {
    pub fn window(&self) -> Option<&WindowSpec> {
        match self {
            Self::CountOver { window, .. } | Self::SumOver { window, .. } => Some(window),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
