//! The four layers: what an agent may read and do, what people decide, and what is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{action::Effect, money::Money};

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

impl PermissionSet {
    /// What makes the set impossible to publish, in words; empty when nothing does.
    ///
    /// Beside what cannot work, this is what would silently do nothing: a rule that a slip of the pen keeps from fitting
    /// lets through what it was written to hold.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for rule in &self.approval_thresholds.rules {
            if !seen.insert(&rule.id) {
                faults.push(format!("the rule `{}` stands twice", rule.id));
            }
        }
        for rule in self.approval_thresholds.in_force() {
            faults.extend(rule.faults().into_iter().map(|fault| format!("the rule `{}` {fault}", rule.id)));
        }
        if self.approval_thresholds.within_s == 0 {
            faults.push("`approval_thresholds` leaves no time to decide".to_owned());
        }
        if self.windows().any(|window| window.within_s == 0) {
            faults.push("a window needs a length".to_owned());
        }
        for action in self.actions_in_rules().filter(|action| !self.action_scope.names(action)) {
            faults.push(format!("a rule or limit names `{action}`, which layer 2 neither allows nor denies"));
        }
        faults.extend(self.audit_logging.faults());
        let touches = |rule: &Rule| rule.when.iter().any(|c| matches!(c, Condition::Touches { .. }));
        if !self.audit_logging.record.output && self.approval_thresholds.in_force().any(touches) {
            // A claim is judged by what was recorded: what it touches would be unknown then.
            faults.push("a rule asks what the output touches, but the output is not recorded".to_owned());
        }
        faults
    }

    fn actions_in_rules(&self) -> impl Iterator<Item = &String> {
        let applied = self.approval_thresholds.in_force().filter_map(|rule| match &rule.applies_to {
            AppliesTo::Actions(names) => Some(names),
            AppliesTo::Any | AppliesTo::Effects(_) => None,
        });
        let counted = self.windows().map(|window| &window.actions);
        applied.chain(counted).flatten().collect::<BTreeSet<_>>().into_iter()
    }

    fn windows(&self) -> impl Iterator<Item = &WindowSpec> {
        let limits = self.action_scope.allow.values().flat_map(|allowance| &allowance.limits);
        let conditions = self.approval_thresholds.in_force().flat_map(|rule| &rule.when);
        limits.filter_map(Limit::window).chain(conditions.filter_map(Condition::window))
    }

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

impl ActionScope {
    fn names(&self, action: &str) -> bool {
        self.allow.contains_key(action) || self.deny.contains(action)
    }
}

impl Rule {
    /// What is wrong with it, as the end of a sentence that starts with the rule.
    fn faults(&self) -> Vec<&'static str> {
        let escalates_at_once = matches!(self.otherwise, Otherwise::Escalate { within_s: 0, .. });
        let applies_to_nothing = match &self.applies_to {
            AppliesTo::Any => false,
            AppliesTo::Actions(names) => names.is_empty(),
            AppliesTo::Effects(effects) => effects.is_empty(),
        };
        let lists_nothing = self.when.iter().any(|condition| match condition {
            Condition::Touches { topics: list } | Condition::TemplateNotIn { templates: list } => list.is_empty(),
            _ => false,
        });
        let all = [
            (self.needed == 0, "asks nobody: `needed` is at least 1"),
            (self.within_s == 0, "leaves no time to decide"),
            (escalates_at_once, "leaves no time to decide after it escalates"),
            (applies_to_nothing, "applies to nothing"),
            (lists_nothing, "has a condition with an empty list"),
        ];
        all.into_iter().filter_map(|(wrong, fault)| wrong.then_some(fault)).collect()
    }
}

impl AuditLogging {
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.keep_days < LEAST_KEEP_DAYS {
            faults.push(format!("entries are kept {LEAST_KEEP_DAYS} days at the least"));
        }
        for pointer in self.mask.iter().filter(|pointer| !pointer.starts_with('/')) {
            faults.push(format!("`{pointer}` is not a place in a request, such as `/arguments/card`"));
        }
        // A claim is judged by what was recorded; without the field it would always be refused.
        for field in self.require.iter().filter(|field| !self.record.keeps(**field)) {
            faults.push(format!("`{}` is required, but not recorded", field.name()));
        }
        faults
    }
}

impl Recorded {
    fn keeps(self, field: Field) -> bool {
        match field {
            Field::Input => self.input,
            Field::Reasoning => self.reasoning,
            Field::Output => self.output,
            Field::Reads => self.reads,
            _ => true,
        }
    }
}

impl Limit {
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
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn set() -> Value {
        json!({
            "data_access": {},
            "action_scope": {"allow": {"order.refund": {}}, "deny": ["order.delete"]},
            "approval_thresholds": {"queue": "leads", "rules": [
                {"id": "refunds", "applies_to": {"actions": ["order.refund"]}, "queue": "legal",
                    "else": {"escalate": {"queue": "boss", "within_s": 60}}},
            ]},
            "audit_logging": {},
        })
    }

    const RULES: &str = "/approval_thresholds/rules";

    /// The faults of the set with `value` at `pointer`.
    fn faults(pointer: &str, value: Value) -> Vec<String> {
        let mut set = set();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match set.pointer_mut(parent).unwrap() {
            Value::Array(values) => values.push(value),
            members => members[name] = value,
        }
        serde_json::from_value::<PermissionSet>(set).unwrap().faults()
    }

    #[test]
    fn what_cannot_work_or_would_silently_do_nothing_is_a_fault() {
        let of_nothing = "a rule or limit names `order.refnud`, which layer 2 neither allows nor denies";
        let window = |within_s: u32, action: &str| json!({"per": "agent", "within_s": within_s, "actions": [action]});
        for (pointer, value, fault) in [
            (
                format!("{RULES}/-"),
                json!({"id": "refunds", "applies_to": "any", "queue": "q"}),
                "the rule `refunds` stands twice",
            ),
            (format!("{RULES}/0/needed"), json!(0), "the rule `refunds` asks nobody: `needed` is at least 1"),
            (format!("{RULES}/0/within_s"), json!(0), "the rule `refunds` leaves no time to decide"),
            (
                format!("{RULES}/0/else"),
                json!({"escalate": {"queue": "boss", "within_s": 0}}),
                "the rule `refunds` leaves no time to decide after it escalates",
            ),
            (format!("{RULES}/0/applies_to"), json!({"actions": []}), "the rule `refunds` applies to nothing"),
            (format!("{RULES}/0/applies_to"), json!({"effects": []}), "the rule `refunds` applies to nothing"),
            (
                format!("{RULES}/0/when"),
                json!([{"kind": "touches", "topics": []}]),
                "the rule `refunds` has a condition with an empty list",
            ),
            (
                format!("{RULES}/0/when"),
                json!([{"kind": "template_not_in", "templates": []}]),
                "the rule `refunds` has a condition with an empty list",
            ),
            (format!("{RULES}/0/applies_to"), json!({"actions": ["order.refnud"]}), of_nothing),
            (
                format!("{RULES}/0/when"),
                json!([{"kind": "count_over", "limit": 1, "window": window(60, "order.refnud")}]),
                of_nothing,
            ),
            (
                "/action_scope/allow/order.refund".to_owned(),
                json!({"limits": [{"kind": "count", "most": 1, "window": window(60, "order.refnud")}]}),
                of_nothing,
            ),
            (
                "/action_scope/allow/order.refund".to_owned(),
                json!({"limits": [{"kind": "count", "most": 1, "window": window(0, "order.refund")}]}),
                "a window needs a length",
            ),
            ("/approval_thresholds/within_s".to_owned(), json!(0), "`approval_thresholds` leaves no time to decide"),
            ("/audit_logging/keep_days".to_owned(), json!(182), "entries are kept 183 days at the least"),
            (
                "/audit_logging/mask".to_owned(),
                json!(["card"]),
                "`card` is not a place in a request, such as `/arguments/card`",
            ),
            (
                "/audit_logging".to_owned(),
                json!({"require": ["output"], "record": {"output": false}}),
                "`output` is required, but not recorded",
            ),
        ] {
            assert_eq!(faults(&pointer, value.clone()), [fault], "{pointer}: {value}");
        }
    }

    #[test]
    fn what_works_has_no_fault() {
        for (pointer, value) in [
            ("/audit_logging/keep_days", json!(183)),
            ("/audit_logging/mask", json!(["/arguments/card"])),
            ("/approval_thresholds/rules/0/applies_to", json!({"actions": ["order.delete"]})),
            ("/approval_thresholds/rules/0/applies_to", json!("any")),
            ("/audit_logging/require", json!(["customer", "output"])),
        ] {
            assert_eq!(faults(pointer, value.clone()), [""; 0], "{pointer}: {value}");
        }
    }

    #[test]
    fn a_rule_that_is_switched_off_may_be_half_written_but_keeps_its_name() {
        let off = json!({"id": "later", "off": true, "applies_to": {"actions": ["order.refnud"]}, "needed": 0,
            "when": [{"kind": "touches", "topics": []}], "queue": "nobody-yet"});
        assert_eq!(faults(&format!("{RULES}/-"), off.clone()), [""; 0]);
        let mut twice = off.clone();
        twice["id"] = json!("refunds");
        assert_eq!(faults(&format!("{RULES}/-"), twice), ["the rule `refunds` stands twice"]);

        let mut set = set();
        set.pointer_mut(RULES).and_then(Value::as_array_mut).unwrap().push(off);
        let set: PermissionSet = serde_json::from_value(set).unwrap();
        assert!(!set.queues().contains("nobody-yet"));
    }

    #[test]
    fn what_a_set_leaves_out_is_the_strict_choice() {
        let set: PermissionSet = serde_json::from_value(set()).unwrap();
        let rule = &set.approval_thresholds.rules[0];
        assert_eq!((rule.needed, rule.within_s, Otherwise::default()), (1, 14_400, Otherwise::Reject));
        assert_eq!(set.audit_logging.record, Recorded { input: true, reasoning: true, output: true, reads: true });
        let condition: Condition = serde_json::from_value(json!({"kind": "first_order"})).unwrap();
        assert_eq!(condition, Condition::FirstOrder { trust_agent: false });
    }

    #[test]
    fn a_member_that_nobody_knows_is_refused() {
        for pointer in ["/colour", "/data_access/allow", "/approval_thresholds/rules/0/need", "/audit_logging/keep"] {
            let mut set = set();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            set.pointer_mut(parent).unwrap()[name] = json!(1);
            assert!(serde_json::from_value::<PermissionSet>(set).is_err(), "{pointer}");
        }
    }

    #[test]
    fn every_queue_is_named_that_of_an_escalation_too() {
        let set: PermissionSet = serde_json::from_value(set()).unwrap();
        assert_eq!(set.queues(), BTreeSet::from(["boss", "leads", "legal"]));
    }
}
