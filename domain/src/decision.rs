//! The decision: a pure function from a request and what is known to an answer with all its reasons.
//!
//! The order is fixed: stopped, denied, paused, needs approval, allowed. The first that fits is the answer; every
//! reason that fits is listed. What is unknown asks a person, or is denied where a hard limit rests on it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    action::{ActionType, DATA_READ, Effect, Reversibility, WordLists},
    agent::{Mode, Stopped, Tightening},
    facts::{Facts, Strictest, folded, topics},
    id::AgentId,
    money::{Currency, Money},
    permission::{AppliesTo, Condition, Field, Limit, Otherwise, PermissionSet, Rule, Scope, WindowSpec},
    request::Ask,
    sentence,
    window::Usage,
};

/// All that a decision rests on beside the request.
pub struct World<'a> {
    pub agent: AgentId,
    pub mode: Mode,
    pub stopped: Option<Stopped>,
    /// `None` when Reins does not know the action.
    pub action: Option<&'a ActionType>,
    /// `None` when nothing was published yet.
    pub permissions: Option<&'a PermissionSet>,
    pub tightenings: &'a [Tightening],
    /// Whether the circuit breaker of the action's integration is open.
    pub breaker_open: bool,
    pub words: &'a WordLists,
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
    /// The rules that ask for it.
    pub rules: Vec<String>,
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

/// The amount that a request moves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    /// The action has no amount, or an optional one that is absent.
    Nothing,
    Known(Money),
    Unknown,
}

impl Amount {
    fn of(ask: &Ask, action: &ActionType) -> Self {
        let Some(name) = &action.amount else { return Self::Nothing };
        match ask.arguments.get(name) {
            None => Self::Nothing,
            Some(value) => Money::from_json(value).map_or(Self::Unknown, Self::Known),
        }
    }

    /// Minor units in `currency`; another currency is unknown.
    fn minor_in(self, currency: Currency) -> Option<i64> {
        match self {
            Self::Nothing => Some(0),
            Self::Known(money) if money.currency == currency => Some(money.minor),
            _ => None,
        }
    }
}

/// Judges a request.
pub fn decide(ask: &Ask, world: &World<'_>) -> Decision {
    // The type of another action says nothing about this one.
    let world = &World { action: world.action.filter(|action| action.name == ask.action), ..*world };
    let mut reasons = stops(world);
    let stopped = !reasons.is_empty();

    let denials = denials(ask, world);
    let denied = !denials.is_empty();
    reasons.extend(denials);

    let paused = paused(world);
    let is_paused = paused.is_some();
    reasons.extend(paused);

    let (needs, asks) = approvals(ask, world);
    reasons.extend(asks);

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

fn stops(world: &World<'_>) -> Vec<Reason> {
    let text = match world.stopped {
        None => return Vec::new(),
        Some(Stopped::ThisAgent) => "This agent is stopped.",
        Some(Stopped::Everything) => "All agents are stopped.",
    };
    vec![reason(Layer::Stop, "stopped", text)]
}

fn paused(world: &World<'_>) -> Option<Reason> {
    let integration = world.action?.integration.as_ref()?;
    let text = format!("The circuit breaker of `{integration}` is open.");
    world.breaker_open.then(|| reason(Layer::Integration, "breaker-open", text))
}

fn denials(ask: &Ask, world: &World<'_>) -> Vec<Reason> {
    let mut found = Vec::new();
    match world.mode {
        Mode::Live | Mode::Shadow => {}
        Mode::Draft => found.push(reason(Layer::Agent, "not-live", "This agent is a draft.")),
        Mode::Retired => found.push(reason(Layer::Agent, "not-live", "This agent is retired.")),
    }
    match world.action {
        None => {
            let text = format!("`{}` is not an action that Reins knows.", sentence::visible(&ask.action));
            found.push(reason_at(Layer::ActionScope, "unknown-action", "/action", text));
        }
        Some(action) => found.extend(argument_faults(ask, action)),
    }
    match world.permissions {
        None => found.push(reason(Layer::Agent, "no-permissions", "No permission set of this agent is published.")),
        Some(set) => {
            found.extend(scope_denials(ask, set));
            if let Some(action) = world.action {
                found.extend(limit_denials(ask, action, set, world));
                found.extend(read_denials(ask, action, set));
            }
            found.extend(missing_fields(ask, set));
        }
    }
    found
}

/// One misfit denies as well as a thousand; an agent must not make the answer long.
const MOST_MISFITS: usize = 20;

fn argument_faults(ask: &Ask, action: &ActionType) -> Vec<Reason> {
    let misfits = action.arguments.misfits(&ask.arguments, "/arguments");
    let mut found: Vec<Reason> = misfits
        .into_iter()
        .take(MOST_MISFITS)
        .map(|misfit| {
            let text = format!("The arguments do not fit: {}.", sentence::visible(&misfit.detail));
            reason_at(Layer::ActionScope, "arguments", misfit.pointer, text)
        })
        .collect();
    if let Some(amount) = action.amount_in(&ask.arguments)
        && amount.minor <= 0
    {
        let pointer = action.amount_pointer().unwrap_or_default();
        found.push(reason_at(Layer::ActionScope, "amount-not-positive", pointer, "The amount is not above zero."));
    }
    if action.name == DATA_READ && !ask.says_reads() {
        let text = "A look-up has to say in `reads` what is looked up.";
        found.push(reason_at(Layer::DataAccess, "no-reads", "/reads", text));
    }
    found
}

fn scope_denials(ask: &Ask, set: &PermissionSet) -> Option<Reason> {
    let name = sentence::visible(&ask.action);
    if set.action_scope.deny.contains(&ask.action) {
        let text = format!("`{name}` is on the deny list.");
        return Some(reason_at(Layer::ActionScope, "deny-list", "/action", text));
    }
    if !set.action_scope.allow.contains_key(&ask.action) {
        let text = format!("`{name}` is not on the allow list.");
        return Some(reason_at(Layer::ActionScope, "not-listed", "/action", text));
    }
    None
}

fn limit_denials(ask: &Ask, action: &ActionType, set: &PermissionSet, world: &World<'_>) -> Vec<Reason> {
    let limits = set.action_scope.allow.get(&ask.action).map(|a| a.limits.as_slice()).unwrap_or_default();
    let amount = Amount::of(ask, action);
    let beyond = limits.iter().filter(|limit| match limit {
        Limit::Amount { most } => amount.minor_in(most.currency).is_none_or(|minor| minor > most.minor),
        Limit::Count { most, window } => count_with(ask, window, world).is_none_or(|count| count > *most),
        Limit::Sum { most, window } => {
            sum_with(ask, amount, most.currency, window, world).is_none_or(|sum| sum > most.minor)
        }
    });
    let pointer = action.amount_pointer();
    beyond
        .map(|limit| Reason {
            pointer: if matches!(limit, Limit::Count { .. }) { None } else { pointer.clone() },
            ..reason(Layer::ActionScope, "hard-limit", format!("Beyond the hard limit: {}.", sentence::limit(limit)))
        })
        .collect()
}

fn usage<'a>(ask: &Ask, spec: &WindowSpec, world: &World<'a>) -> Option<&'a Usage> {
    world.facts.windows.get(&spec.of(world.agent, ask)?)
}

/// Requests in the window, this one included.
fn count_with(ask: &Ask, spec: &WindowSpec, world: &World<'_>) -> Option<u32> {
    Some(usage(ask, spec, world)?.count.saturating_add(1))
}

/// Money in the window in minor units of `currency`, this request included.
fn sum_with(ask: &Ask, amount: Amount, currency: Currency, spec: &WindowSpec, world: &World<'_>) -> Option<i64> {
    usage(ask, spec, world)?.sum_in(currency)?.checked_add(amount.minor_in(currency)?)
}

fn read_denials(ask: &Ask, action: &ActionType, set: &PermissionSet) -> Vec<Reason> {
    let mut found = Vec::new();
    for (index, read) in ask.reads_or(action).iter().enumerate() {
        let name = sentence::visible(&read.data_set);
        let own = read.subject.is_some() && read.subject.as_deref() == ask.customer_id();
        let (rule, text) = match set.data_access.read.get(&read.data_set) {
            _ if set.data_access.deny.contains(&read.data_set) => ("deny-list", format!("Reading `{name}` is denied.")),
            None => ("not-listed", format!("`{name}` is not among what this agent may read.")),
            Some(Scope::ThisCustomer) if !own => {
                ("other-customer", format!("`{name}` may be read of the request's own customer only."))
            }
            Some(_) => continue,
        };
        let pointer = ask.says_reads().then(|| format!("/reads/{index}"));
        found.push(Reason { pointer, ..reason(Layer::DataAccess, rule, text) });
    }
    found
}

fn missing_fields(ask: &Ask, set: &PermissionSet) -> Vec<Reason> {
    let missing = set.audit_logging.require.iter().filter(|field| !ask.carries(**field));
    missing
        .map(|field| {
            let name = field.name();
            reason_at(Layer::AuditLogging, "required-field", format!("/{name}"), format!("`{name}` is required."))
        })
        .collect()
}

fn approvals(ask: &Ask, world: &World<'_>) -> (Vec<Need>, Vec<Reason>) {
    let (Some(set), Some(action)) = (world.permissions, world.action) else { return (Vec::new(), Vec::new()) };
    let thresholds = &set.approval_thresholds;
    let mut needs = Vec::new();
    let mut reasons = Vec::new();
    let mut fallback = |rule: &str, layer: Layer, text: String, pointer: Option<&str>| {
        reasons.push(Reason { pointer: pointer.map(str::to_owned), ..reason(layer, rule, text) });
        merge(&mut needs, &thresholds.queue, 1, thresholds.within_s, &Otherwise::Reject, rule);
    };

    for tightening in world.tightenings.iter().filter(|t| t.covers(&ask.action, world.now)) {
        fallback("tightening", Layer::Tightening, format!("Tightened: {}", tightening.reason), None);
    }
    if let Some((text, pointer)) = second_customer(ask, action, world.facts) {
        fallback("second-customer", Layer::ApprovalThresholds, text.to_owned(), Some(pointer));
    }
    for rule in thresholds.rules.iter().filter(|rule| rule.applies_to.covers(action)) {
        if let Some(fit) = fits(rule, ask, action, world) {
            let text = sentence::asked_by(rule, action, fit.unknown);
            reasons.push(Reason { pointer: fit.pointer, ..reason(Layer::ApprovalThresholds, &rule.id, text) });
            merge(&mut needs, &rule.queue, rule.needed, rule.within_s, &rule.otherwise, &rule.id);
        }
    }
    (needs, reasons)
}

/// An agent that serves two customers on one occasion may have mixed them up.
fn second_customer(ask: &Ask, action: &ActionType, facts: &Facts) -> Option<(&'static str, &'static str)> {
    if !action.for_customer || !action.effect.needs_outcome() {
        return None;
    }
    match &ask.customer {
        None => Some(("The customer is not known.", "/customer")),
        _ if !ask.carries(Field::Trigger) => Some(("What triggered it is not known.", "/trigger")),
        _ if facts.other_customer_under_trigger => {
            Some(("Another customer was served under the same trigger.", "/trigger"))
        }
        _ => None,
    }
}

/// All rules that fit must be met; for one queue that is the most people, the earliest deadline, the hardest end.
///
/// Ends that differ end in a rejection. A rule that asks for nobody asks for one person: it must not let through.
fn merge(needs: &mut Vec<Need>, queue: &str, needed: u32, within_s: u32, otherwise: &Otherwise, rule: &str) {
    let needed = needed.max(1);
    let Some(need) = needs.iter_mut().find(|need| need.queue == queue) else {
        needs.push(Need {
            queue: queue.to_owned(),
            needed,
            within_s,
            otherwise: otherwise.clone(),
            rules: vec![rule.to_owned()],
        });
        return;
    };
    need.needed = need.needed.max(needed);
    need.within_s = need.within_s.min(within_s);
    if need.otherwise != *otherwise {
        need.otherwise = Otherwise::Reject;
    }
    if !need.rules.iter().any(|known| known == rule) {
        need.rules.push(rule.to_owned());
    }
}

impl AppliesTo {
    pub fn covers(&self, action: &ActionType) -> bool {
        match self {
            Self::Any => true,
            Self::Actions(names) => names.contains(&action.name),
            Self::Effects(effects) => effects.contains(&action.effect),
        }
    }
}

/// How a rule fits: where in the request, and whether it rests on something unknown.
struct Fit {
    pointer: Option<String>,
    unknown: bool,
}

fn fits(rule: &Rule, ask: &Ask, action: &ActionType, world: &World<'_>) -> Option<Fit> {
    let mut fit = Fit { pointer: None, unknown: false };
    for condition in &rule.when {
        match holds(condition, ask, action, world) {
            Some(false) => return None,
            Some(true) => {}
            None => fit.unknown = true,
        }
        fit.pointer = fit.pointer.or_else(|| pointer_of(condition, action));
    }
    Some(fit)
}

/// Whether a condition is true of the request; `None` is unknown.
fn holds(condition: &Condition, ask: &Ask, action: &ActionType, world: &World<'_>) -> Option<bool> {
    let amount = Amount::of(ask, action);
    let strictest = |trust_agent: bool| Strictest { ask, facts: world.facts, trust_agent };
    match condition {
        Condition::AmountOver { limit } => Some(amount.minor_in(limit.currency)? > limit.minor),
        Condition::FirstOrder { trust_agent } => strictest(*trust_agent).first_order(),
        Condition::LifetimeValueOver { limit, trust_agent } => strictest(*trust_agent).worth_over(*limit),
        Condition::OpenComplaint { trust_agent } => strictest(*trust_agent).open_complaint(),
        Condition::Touches { topics: asked } => {
            let (found, known) = topics(ask, world.words);
            match asked.iter().any(|topic| found.contains(&folded(topic))) {
                true => Some(true),
                false => known.then_some(false),
            }
        }
        Condition::FirstOfItsKind => ask.template.as_ref().map(|_| !world.facts.kind_has_succeeded),
        Condition::TemplateNotIn { templates } => Some(!templates.contains(ask.template.as_ref()?)),
        Condition::CountOver { limit, window } => Some(count_with(ask, window, world)? > *limit),
        Condition::SumOver { limit, window } => {
            Some(sum_with(ask, amount, limit.currency, window, world)? > limit.minor)
        }
        Condition::Irreversible => Some(!matches!(action.reversibility, Reversibility::Reversible { .. })),
    }
}

fn pointer_of(condition: &Condition, action: &ActionType) -> Option<String> {
    match condition {
        Condition::AmountOver { .. } | Condition::SumOver { .. } => action.amount_pointer(),
        Condition::FirstOrder { .. } => Some("/customer/orders".to_owned()),
        Condition::LifetimeValueOver { .. } => Some("/customer/lifetime_value".to_owned()),
        Condition::OpenComplaint { .. } => Some("/customer/open_complaints".to_owned()),
        Condition::Touches { .. } => Some("/topics".to_owned()),
        Condition::FirstOfItsKind | Condition::TemplateNotIn { .. } => Some("/template".to_owned()),
        Condition::CountOver { .. } | Condition::Irreversible => None,
    }
}

/// The rules that a new agent starts with: judgement where it adds safety.
pub fn default_rules(queue: &str, worth_over: Money) -> Vec<Rule> {
    let rule = |id: &str, effect: Effect, when: Vec<Condition>| Rule {
        id: id.to_owned(),
        applies_to: AppliesTo::Effects([effect].into()),
        when,
        queue: queue.to_owned(),
        needed: 1,
        within_s: 4 * 60 * 60,
        otherwise: Otherwise::Reject,
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
