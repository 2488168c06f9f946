//! What makes a permission set impossible to publish.

use std::collections::BTreeSet;

use super::{
    AppliesTo, AuditLogging, Condition, Field, LEAST_KEEP_DAYS, Limit, Otherwise, PermissionSet, Recorded, Rule,
    WindowSpec,
};
use crate::{
    part::Part,
    seen::{hidden_within, in_one_line, unfit_text},
    sentence::{Names, called, value},
};

/// A fault with its place, as a file says it and as a page does.
pub(crate) struct Flaw {
    pub part: Part,
    pub text: String,
    pub sentence: String,
}

impl Flaw {
    fn new(part: &Part, text: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { part: part.clone(), text: text.into(), sentence: sentence.into() }
    }
}

impl PermissionSet {
    /// What makes the set impossible to publish, in words; empty when nothing does.
    ///
    /// Beside what cannot work, this is what would silently do nothing: a rule that a slip of the pen keeps from fitting
    /// lets through what it was written to hold.
    pub fn faults(&self) -> Vec<String> {
        let mut said = BTreeSet::new();
        let texts = self.flaws(&Names::default()).into_iter().map(|flaw| flaw.text);
        texts.filter(|text| said.insert(text.clone())).collect()
    }

    pub(crate) fn flaws(&self, names: &Names) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for (action, allowance) in &self.action_scope.allow {
            let part = Part::Action { name: action.clone() };
            let what = format!("A limit of {}", called(&names.actions, action));
            if allowance.limits.iter().any(Limit::is_below_nothing) {
                let text = format!("a limit of `{action}` is below nothing");
                flaws.push(Flaw::new(&part, text, format!("{what} is below nothing.")));
            }
            let windows = allowance.limits.iter().filter_map(Limit::window);
            windows.for_each(|window| self.window_flaws(window, &part, &what, names, &mut flaws));
        }
        let mut ids = BTreeSet::new();
        for rule in &self.approval_thresholds.rules {
            let part = Part::Rule { id: rule.id.clone() };
            if !ids.insert(&rule.id) {
                let text = format!("the rule `{}` stands twice", rule.id);
                flaws.push(Flaw::new(&part, text, "Another rule has the same name."));
            }
            // What is switched off may be half written.
            if !rule.off {
                self.rule_flaws(rule, &part, names, &mut flaws);
            }
        }
        if self.approval_thresholds.within_s == 0 {
            let sentence = "There is no time to decide what no rule is about.";
            flaws.push(Flaw::new(&Part::Fallback, "`approval_thresholds` leaves no time to decide", sentence));
        }
        flaws.extend(self.audit_logging.flaws());
        flaws
    }

    fn rule_flaws(&self, rule: &Rule, part: &Part, names: &Names, flaws: &mut Vec<Flaw>) {
        for (text, sentence) in rule.faults() {
            let sentence = format!("This rule {}.", sentence.unwrap_or(text));
            flaws.push(Flaw::new(part, format!("the rule `{}` {text}", rule.id), sentence));
        }
        for fault in hidden_within(&serde_json::to_value(rule).unwrap_or_default()) {
            let text = format!("the rule `{}`: {fault}", in_one_line(&rule.id));
            flaws.push(Flaw::new(part, text, "This rule holds a character that cannot be seen."));
        }
        if let AppliesTo::Actions(actions) = &rule.applies_to {
            actions.iter().for_each(|action| self.flaw_of_name(action, part, "This rule", names, flaws));
        }
        for window in rule.when.iter().filter_map(Condition::window) {
            self.window_flaws(window, part, "This rule", names, flaws);
        }
        let touches = rule.when.iter().any(|condition| matches!(condition, Condition::Touches { .. }));
        if touches && !self.audit_logging.record.output {
            // A claim is judged by what was recorded: what it touches would be unknown then.
            let text = "a rule asks what the output touches, but the output is not recorded";
            let sentence = "This rule asks what the output touches, but the output is not recorded.";
            flaws.push(Flaw::new(part, text, sentence));
        }
    }

    fn window_flaws(&self, window: &WindowSpec, part: &Part, what: &str, names: &Names, flaws: &mut Vec<Flaw>) {
        if window.within_s == 0 {
            let sentence = format!("{what} counts within no time at all.");
            flaws.push(Flaw::new(part, "a window needs a length", sentence));
        }
        if window.within_s > LONGEST_WINDOW_S {
            let sentence = format!("{what} counts over more than a year.");
            flaws.push(Flaw::new(part, "a window is a year long at the most", sentence));
        }
        window.actions.iter().for_each(|action| self.flaw_of_name(action, part, what, names, flaws));
    }

    fn flaw_of_name(&self, action: &str, part: &Part, what: &str, names: &Names, flaws: &mut Vec<Flaw>) {
        if self.action_scope.allow.contains_key(action) || self.action_scope.deny.contains(action) {
            return;
        }
        let text = format!("a rule or limit names `{action}`, which layer 2 neither allows nor denies");
        let sentence = format!("{what} names {}, which is neither allowed nor denied.", called(&names.actions, action));
        flaws.push(Flaw::new(part, text, sentence));
    }
}

impl Rule {
    /// What is wrong with it, as the end of a sentence that starts with the rule; the second for people where the first
    /// is for who writes the file.
    fn faults(&self) -> Vec<(&'static str, Option<&'static str>)> {
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
        let below_nothing = self.when.iter().any(|condition| match condition {
            Condition::AmountOver { limit }
            | Condition::LifetimeValueOver { limit, .. }
            | Condition::SumOver { limit, .. } => limit.minor < 0,
            _ => false,
        });
        let nobody = Some("asks nobody: at least one person has to decide");
        let all = [
            (self.needed == 0, ("asks nobody: `needed` is at least 1", nobody)),
            (self.within_s == 0, ("leaves no time to decide", None)),
            (escalates_at_once, ("leaves no time to decide after it escalates", None)),
            (applies_to_nothing, ("applies to nothing", None)),
            (below_nothing, ("compares with less than nothing", None)),
            (lists_nothing, ("has a condition with an empty list", None)),
        ];
        all.into_iter().filter_map(|(wrong, fault)| wrong.then_some(fault)).collect()
    }
}

impl AuditLogging {
    fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        // A claim is judged by what was recorded; without the field it would always be refused.
        for field in self.require.iter().filter(|field| !self.record.keeps(**field)) {
            let text = format!("`{}` is required, but not recorded", field.name());
            let sentence = format!("The {} is required, but not recorded.", field.name());
            flaws.push(Flaw::new(&Part::Require, text, sentence));
        }
        let sensible = |pointer: &&String| pointer.chars().count() <= MOST_POINTER;
        for pointer in self.mask.iter().filter(sensible).filter(|pointer| !pointer.starts_with('/')) {
            let text = format!("`{pointer}` is not a place in a request, such as `/arguments/card`");
            let sentence = format!("{} is not a place in a request, such as /arguments/card.", value(pointer));
            flaws.push(Flaw::new(&Part::Mask, text, sentence));
        }
        for pointer in self.mask.iter().filter(|pointer| pointer.chars().count() > MOST_POINTER) {
            let begin: String = pointer.chars().take(40).collect();
            let text = format!("`{begin}…` is longer than {MOST_POINTER} characters");
            let sentence = format!("{} is longer than {MOST_POINTER} characters.", value(&(begin + "…")));
            flaws.push(Flaw::new(&Part::Mask, text, sentence));
        }
        for pointer in self.mask.iter().filter_map(|pointer| Some((pointer, unfit_text(pointer, usize::MAX)?))) {
            let text = format!("`{}` {}", in_one_line(pointer.0), pointer.1);
            let sentence = format!("{} {}.", value(pointer.0), pointer.1);
            flaws.push(Flaw::new(&Part::Mask, text, sentence));
        }
        if self.keep_days < LEAST_KEEP_DAYS {
            let text = format!("entries are kept {LEAST_KEEP_DAYS} days at the least");
            let sentence = format!("Entries are kept {LEAST_KEEP_DAYS} days at the least.");
            flaws.push(Flaw::new(&Part::KeepDays, text, sentence));
        }
        flaws
    }
}

/// 366 days, in seconds: what lies further back is nobody's to count at each request.
const LONGEST_WINDOW_S: u32 = 366 * 24 * 60 * 60;

/// Far longer than any place in a request.
const MOST_POINTER: usize = 200;

impl Limit {
    fn is_below_nothing(&self) -> bool {
        matches!(self, Self::Amount { most } | Self::Sum { most, .. } if most.minor < 0)
    }
}

impl Recorded {
    fn keeps(self, field: Field) -> bool {
        match field {
            Field::Input => self.input,
            Field::Reasoning => self.reasoning,
            Field::Output => self.output,
            _ => true,
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
            (
                "/action_scope/allow/order.refund".to_owned(),
                json!({"limits": [{"kind": "count", "most": 1, "window": window(366 * 86_400 + 1, "order.refund")}]}),
                "a window is a year long at the most",
            ),
            (
                "/action_scope/allow/order.refund".to_owned(),
                json!({"limits": [{"kind": "amount", "most": {"amount": "-300.00", "currency": "USD"}}]}),
                "a limit of `order.refund` is below nothing",
            ),
            (
                format!("{RULES}/0/when"),
                json!([{"kind": "amount_over", "limit": {"amount": "-0.01", "currency": "USD"}}]),
                "the rule `refunds` compares with less than nothing",
            ),
            (
                "/audit_logging/mask".to_owned(),
                json!([format!("/{}", "a".repeat(200))]),
                "`/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…` is longer than 200 characters",
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
            ("/audit_logging", json!({"require": ["reads"], "record": {"reads": false}})),
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
    fn a_page_is_told_where_it_is_and_in_plain_words() {
        let set: PermissionSet = serde_json::from_value(json!({
            "data_access": {},
            "action_scope": {"allow": {"order.refund": {"limits": [
                {"kind": "count", "most": 1, "window": {"per": "agent", "within_s": 0, "actions": ["order.x"]}},
            ]}}},
            "approval_thresholds": {"queue": "leads", "within_s": 0, "rules": [
                {"id": "a", "applies_to": {"actions": ["order.x"]}, "queue": "leads", "needed": 0},
                {"id": "a", "applies_to": "any", "queue": "leads", "when": [{"kind": "touches", "topics": ["legal"]}]},
            ]},
            "audit_logging": {"record": {"output": false}, "require": ["output"], "mask": ["card"], "keep_days": 1},
        }))
        .unwrap();
        let names = Names { actions: [("order.refund".to_owned(), "Refund".to_owned())].into(), ..Names::default() };
        let said: Vec<(Part, String)> = set.flaws(&names).into_iter().map(|flaw| (flaw.part, flaw.sentence)).collect();
        let refund = Part::Action { name: "order.refund".to_owned() };
        let rule = Part::Rule { id: "a".to_owned() };
        let expected = [
            (refund.clone(), "A limit of `Refund` counts within no time at all."),
            (refund, "A limit of `Refund` names `order.x`, which is neither allowed nor denied."),
            (rule.clone(), "This rule asks nobody: at least one person has to decide."),
            (rule.clone(), "This rule names `order.x`, which is neither allowed nor denied."),
            (rule.clone(), "Another rule has the same name."),
            (rule, "This rule asks what the output touches, but the output is not recorded."),
            (Part::Fallback, "There is no time to decide what no rule is about."),
            (Part::Require, "The output is required, but not recorded."),
            (Part::Mask, "`card` is not a place in a request, such as /arguments/card."),
            (Part::KeepDays, "Entries are kept 183 days at the least."),
        ];
        assert_eq!(said, expected.map(|(part, sentence)| (part, sentence.to_owned())));
    }
}
