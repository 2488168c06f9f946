//! The decision: a pure function from a request and what is known to an answer with all its reasons.
//!
//! The order is fixed: stopped, denied, paused, needs approval, allowed. The first that fits is the answer; every
//! reason that fits is listed. What is unknown asks a person, or is denied where a hard limit rests on it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionType, Effect},
    agent::{Mode, Stopped, Tightening},
    facts::{Facts, Words},
    id::AgentId,
    money::Money,
    permission::{AppliesTo, Condition, Limit, Otherwise, Rule},
    request::Ask,
};

mod approvals;
mod conditions;
mod denials;
mod prepared;

pub use prepared::{Prepared, Said};

use approvals::approvals;
use conditions::Question;
use denials::denials;

/// All that a decision rests on beside the request.
pub struct World<'a> {
    pub agent: AgentId,
    pub mode: Mode,
    pub stopped: Option<Stopped>,
    /// `None` when Reins does not know the action.
    pub action: Option<&'a ActionType>,
    /// `None` when nothing was published yet.
    pub permissions: Option<&'a Prepared>,
    pub tightenings: &'a [Tightening],
    /// Whether the circuit breaker of the action's integration is open.
    pub breaker_open: bool,
    pub words: &'a Words,
    pub facts: &'a Facts,
    pub now: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Stopped,
    Denied,
    Paused,
    NeedsApproval {
        needs: Vec<Need>,
    },
    Allowed,
    /// Nothing is carried out; this is what the answer would have been.
    Shadowed {
        would: Box<Verdict>,
    },
}

impl Verdict {
    pub const NAMES: [&str; 6] = ["allowed", "denied", "needs_approval", "shadowed", "stopped", "paused"];

    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Denied => "denied",
            Self::Paused => "paused",
            Self::NeedsApproval { .. } => "needs_approval",
            Self::Allowed => "allowed",
            Self::Shadowed { .. } => "shadowed",
        }
    }

    /// How far the answer is from a yes; used to say that a change made it no laxer.
    pub fn strictness(&self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::NeedsApproval { .. } => 1,
            Self::Paused => 2,
            Self::Denied => 3,
            Self::Stopped => 4,
            Self::Shadowed { .. } => 5,
        }
    }
}

/// Approvals that must be given: `needed` different people of `queue`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Need {
    pub queue: String,
    pub needed: u32,
    pub within_s: u32,
    pub otherwise: Otherwise,
    /// Whether somebody who counts for another need counts for this one, too.
    #[serde(default = "same_person")]
    pub same_person: bool,
    /// The rules that ask for it.
    pub rules: Vec<String>,
}

/// What was asked before needs said so.
fn same_person() -> bool {
    true
}

/// Why: the layer, the rule, a sentence, and where in the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub layer: Layer,
    pub rule: String,
    pub text: String,
    pub pointer: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    Stop,
    Agent,
    Integration,
    DataAccess,
    ActionScope,
    ApprovalThresholds,
    AuditLogging,
    Tightening,
}

impl Layer {
    pub const ALL: [Self; 8] = [
        Self::Stop,
        Self::Agent,
        Self::Integration,
        Self::DataAccess,
        Self::ActionScope,
        Self::ApprovalThresholds,
        Self::AuditLogging,
        Self::Tightening,
    ];
}

/// Judges a request.
pub fn decide(ask: &Ask, world: &World<'_>) -> Decision {
    // The type of another action says nothing about this one.
    let world = &World { action: world.action.filter(|action| action.name == ask.action), ..*world };
    let question = world.action.map(|action| Question::new(ask, action, world));
    let mut reasons = Vec::new();
    reasons.extend(stopped(world));
    let stopped = !reasons.is_empty();

    let before = reasons.len();
    denials(ask, world, question.as_ref(), |_| true, &mut reasons);
    let denied = reasons.len() > before;

    let paused = paused(world);
    let is_paused = paused.is_some();
    reasons.extend(paused);

    let asked = question.as_ref().zip(world.permissions);
    let needs = asked.map(|(question, set)| approvals(question, set, &mut reasons)).unwrap_or_default();

    let judged = if denied {
        Verdict::Denied
    } else if is_paused {
        Verdict::Paused
    } else if !needs.is_empty() {
        Verdict::NeedsApproval { needs }
    } else {
        Verdict::Allowed
    };
    let verdict = if stopped {
        Verdict::Stopped
    } else if in_shadow(ask, world) {
        Verdict::Shadowed { would: Box::new(judged) }
    } else {
        judged
    };
    Decision { verdict, reasons }
}

/// What denies a request whatever is known and counted; whoever approves it would do so in vain.
pub fn denied_as_it_is(ask: &Ask, world: &World<'_>) -> Option<Reason> {
    let world = &World { action: world.action.filter(|action| action.name == ask.action), ..*world };
    let question = world.action.map(|action| Question::new(ask, action, world));
    let mut reasons = Vec::new();
    denials(ask, world, question.as_ref(), |limit| matches!(limit, Limit::Amount { .. }), &mut reasons);
    reasons.into_iter().next()
}

fn reason(layer: Layer, rule: &str, text: impl Into<String>) -> Reason {
    Reason { layer, rule: rule.to_owned(), text: text.into(), pointer: None }
}

fn reason_at(layer: Layer, rule: &str, pointer: impl Into<String>, text: impl Into<String>) -> Reason {
    Reason { pointer: Some(pointer.into()), ..reason(layer, rule, text) }
}

fn in_shadow(ask: &Ask, world: &World<'_>) -> bool {
    let marked = world.permissions.is_some_and(|set| {
        let scope = &set.action_scope;
        !scope.deny.contains(&ask.action) && scope.allow.get(&ask.action).is_some_and(|allowance| allowance.shadow)
    });
    match world.mode {
        Mode::Shadow => true,
        Mode::Live => marked,
        Mode::Draft | Mode::Retired => false,
    }
}

fn stopped(world: &World<'_>) -> Option<Reason> {
    let text = match world.stopped? {
        Stopped::ThisAgent => "This agent is stopped.",
        Stopped::Everything => "All agents are stopped.",
    };
    Some(reason(Layer::Stop, "stopped", text))
}

fn paused(world: &World<'_>) -> Option<Reason> {
    let integration = world.action?.integration.as_ref().filter(|_| world.breaker_open)?;
    let text = format!("The circuit breaker of {} is open.", crate::sentence::value(integration));
    Some(reason(Layer::Integration, "breaker-open", text))
}

/// The rules that a new agent starts with: judgement where it adds safety.
pub fn default_rules(queue: &str, worth_over: Money) -> Vec<Rule> {
    let rule = |id: &str, effect: Effect, when: Vec<Condition>| Rule {
        id: id.to_owned(),
        off: false,
        applies_to: AppliesTo::Effects([effect].into()),
        when,
        queue: queue.to_owned(),
        needed: 1,
        within_s: 4 * 60 * 60,
        otherwise: Otherwise::Reject,
        same_person: false,
    };
    let regulated = ["legal", "medical", "financial", "supplements", "press", "sensitive"];
    let topics = regulated.iter().map(|topic| (*topic).to_owned()).collect();
    vec![
        rule("every-write", Effect::Write, vec![]),
        rule("every-commitment", Effect::Commitment, vec![]),
        rule(
            "message-valued-customer",
            Effect::Message,
            vec![Condition::LifetimeValueOver { limit: worth_over, trust_agent: false }],
        ),
        rule("message-first-order", Effect::Message, vec![Condition::FirstOrder { trust_agent: false }]),
        rule("message-open-complaint", Effect::Message, vec![Condition::OpenComplaint { trust_agent: false }]),
        rule("message-regulated-topic", Effect::Message, vec![Condition::Touches { topics }]),
        rule("message-first-of-its-kind", Effect::Message, vec![Condition::FirstOfItsKind]),
    ]
}
