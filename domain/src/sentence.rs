//! Reins' own words: what an action does, why it is asked, and what a permission set says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    action::{ActionType, Sensitivity},
    money::Money,
    permission::{
        ActionScope, AppliesTo, ApprovalThresholds, AuditLogging, Condition, DataAccess, Limit, Otherwise, Per,
        PermissionSet, Rule, Scope, WindowSpec,
    },
    request::Ask,
};

/// Shows what would not be seen: control, bidirectional and zero-width characters as their code point.
///
/// Line breaks and tabs stay where `text` is shown as a block.
pub fn visible(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_hidden(c) { format!("⟨U+{:04X}⟩", u32::from(c)) } else { c.to_string() }).collect()
}

/// Controls, and what Unicode lists as Default_Ignorable_Code_Point but for the variation selectors of emoji.
pub(crate) fn is_hidden(c: char) -> bool {
    if c.is_ascii_graphic() || c == ' ' {
        return false;
    }
    let control = c.is_control() && c != '\n' && c != '\t';
    let invisible = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    control || invisible
}

/// What the request does, made from its arguments: "Refund $72.50 to omar_anderson_3203 for order #W6067464".
///
/// A part in brackets is left out when the argument that it names is absent.
pub fn effect(ask: &Ask, action: &ActionType) -> String {
    fill(&action.sentence, ask)
}

fn fill(template: &str, ask: &Ask) -> String {
    let mut sentence = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '[']) {
        let optional = rest[at..].starts_with('[');
        let close = if optional { ']' } else { '}' };
        let Some(end) = rest[at..].find(close).map(|length| at + length) else { break };
        sentence.push_str(&rest[..at]);
        let inner = &rest[at + 1..end];
        if optional {
            if placeholders(inner).all(|name| word(name, ask).is_some()) {
                sentence.push_str(&fill(inner, ask));
            }
        } else {
            sentence.push_str(&word(inner, ask).unwrap_or_else(|| format!("(no {inner})")));
        }
        rest = &rest[end + 1..];
    }
    sentence.push_str(rest);
    sentence
}

/// The names in braces.
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

fn word(name: &str, ask: &Ask) -> Option<String> {
    match name {
        "customer" => ask.customer_id().map(visible),
        "reads" => {
            let reads = ask.reads.as_deref().unwrap_or_default();
            let names = reads.iter().map(|read| match &read.subject {
                Some(subject) => format!("{} of {}", visible(&read.data_set), visible(subject)),
                None => visible(&read.data_set),
            });
            Some(names.collect::<Vec<_>>().join(", ")).filter(|list| !list.is_empty())
        }
        _ => ask.arguments.get(name).map(readable),
    }
}

/// A JSON value as people read it.
pub fn readable(value: &Value) -> String {
    if let Ok(money) = Money::from_json(value) {
        return money.readable();
    }
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => visible(text),
        Value::Array(values) => values.iter().map(readable).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let parts = members.iter().map(|(name, value)| format!("{}: {}", visible(name), readable(value)));
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A length of time: `4 hours`, `90 seconds`.
pub fn duration(seconds: u32) -> String {
    let (count, unit) = match seconds {
        s if s >= 86_400 && s.is_multiple_of(86_400) => (s / 86_400, "day"),
        s if s >= 3_600 && s.is_multiple_of(3_600) => (s / 3_600, "hour"),
        s if s >= 60 && s.is_multiple_of(60) => (s / 60, "minute"),
        s => (s, "second"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

/// What people call actions, data sets and queues; what is not in here keeps its own name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub actions: BTreeMap<String, String>,
    pub data_sets: BTreeMap<String, String>,
    pub queues: BTreeMap<String, String>,
}

fn called(names: &BTreeMap<String, String>, name: &str) -> String {
    visible(names.get(name).map_or(name, String::as_str))
}

fn people(needed: u32, queue: &str, names: &Names) -> String {
    let queue = called(&names.queues, queue);
    match needed {
        0 | 1 => format!("one person from {queue}"),
        n => format!("{n} different people from {queue}"),
    }
}

/// "a, b and c", with `last` between the last two.
fn list<T: AsRef<str>>(names: impl IntoIterator<Item = T>, last: &str) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| visible(name.as_ref())).collect();
    match names.pop() {
        Some(end) if names.is_empty() => end,
        Some(end) => format!("{} {last} {end}", names.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// "such requests by this agent within 1 day"; by name where a window names its actions.
fn requests_in(spec: &WindowSpec, one: bool, names: &Names) -> String {
    let s = if one { "" } else { "s" };
    let what = match spec.actions.is_empty() {
        true => format!("such request{s}"),
        false => format!("request{s} of {}", list(spec.actions.iter().map(|name| called(&names.actions, name)), "or")),
    };
    let whose = match spec.per {
        Per::Customer => "for one customer",
        Per::Agent => "by this agent",
    };
    format!("{what} {whose} within {}", duration(spec.within_s))
}

/// A hard limit: "at most $500.00 in such requests by this agent within 1 day".
pub fn limit(limit: &Limit, names: &Names) -> String {
    match limit {
        Limit::Amount { most } => format!("at most {} a request", most.readable()),
        Limit::Count { most, window } => format!("at most {most} {}", requests_in(window, *most == 1, names)),
        Limit::Sum { most, window } => format!("at most {} in {}", most.readable(), requests_in(window, false, names)),
    }
}

fn condition(condition: &Condition, names: &Names) -> String {
    match condition {
        Condition::AmountOver { limit } => format!("the amount is over {}", limit.readable()),
        Condition::FirstOrder { .. } => "it is the customer's first order".to_owned(),
        Condition::LifetimeValueOver { limit, .. } => {
            format!("the customer's lifetime value is over {}", limit.readable())
        }
        Condition::OpenComplaint { .. } => "the customer has an open complaint".to_owned(),
        Condition::Touches { topics } => format!("it touches on {}", list(topics, "or")),
        Condition::FirstOfItsKind => "nothing with this template has succeeded yet".to_owned(),
        Condition::TemplateNotIn { templates } => format!("its template is not {}", list(templates, "or")),
        Condition::CountOver { limit, window } => {
            format!("this makes more than {limit} {}", requests_in(window, *limit == 1, names))
        }
        Condition::SumOver { limit, window } => {
            format!("this makes more than {} in {}", limit.readable(), requests_in(window, false, names))
        }
        Condition::Irreversible => "it cannot always be undone".to_owned(),
    }
}

fn conditions(rule: &Rule, names: &Names) -> String {
    rule.when.iter().map(|when| condition(when, names)).collect::<Vec<_>>().join(", and ")
}

fn decide(needed: u32) -> &'static str {
    if needed > 1 { "decide" } else { "decides" }
}

/// Why this request asks: "Refund: the amount is over $50.00, so one person from cs-leads decides."
pub fn asked_by(rule: &Rule, action: &ActionType, unknown: bool, names: &Names) -> String {
    let (label, who, decide) = (visible(&action.label), people(rule.needed, &rule.queue, names), decide(rule.needed));
    match (rule.when.is_empty(), unknown) {
        (true, _) => format!("{label}: {who} always {decide}."),
        (false, false) => format!("{label}: {}, so {who} {decide}.", conditions(rule, names)),
        (false, true) => format!("{label}: it is not known whether {}, so {who} {decide}.", conditions(rule, names)),
    }
}

/// A rule on its own: "For Refund, when the amount is over $50.00, one person from cs-leads decides within 4 hours.
/// Without a decision in time, it is rejected."
fn rule(rule: &Rule, names: &Names) -> String {
    let what = match &rule.applies_to {
        AppliesTo::Any => "every action".to_owned(),
        AppliesTo::Actions(actions) => list(actions.iter().map(|name| called(&names.actions, name)), "or"),
        AppliesTo::Effects(effects) => {
            format!("every action that {}", list(effects.iter().map(|effect| effect.words()), "or"))
        }
    };
    let when = if rule.when.is_empty() { String::new() } else { format!(", when {}", conditions(rule, names)) };
    let (who, decide, time) = (people(rule.needed, &rule.queue, names), decide(rule.needed), duration(rule.within_s));
    let for_what = if rule.off { "Switched off: for" } else { "For" };
    format!("{for_what} {what}{when}, {who} {decide} within {time}. {}", late(&rule.otherwise, names))
}

fn late(otherwise: &Otherwise, names: &Names) -> String {
    match otherwise {
        Otherwise::Reject => "Without a decision in time, it is rejected.".to_owned(),
        Otherwise::Escalate { queue, within_s } => {
            let (queue, time) = (called(&names.queues, queue), duration(*within_s));
            format!("Without a decision in time, it goes to {queue}, who have {time}; then it is rejected.")
        }
    }
}

/// A permission set as plain sentences, layer by layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentences {
    pub data_access: Vec<String>,
    pub action_scope: Vec<String>,
    pub approval_thresholds: Vec<String>,
    pub audit_logging: Vec<String>,
}

/// Says a permission set in sentences.
pub fn permission_set(set: &PermissionSet, names: &Names) -> Sentences {
    Sentences {
        data_access: data_sentences(&set.data_access, names),
        action_scope: action_sentences(&set.action_scope, names),
        approval_thresholds: approval_sentences(&set.approval_thresholds, names),
        audit_logging: audit_sentences(&set.audit_logging),
    }
}

fn data_sentences(access: &DataAccess, names: &Names) -> Vec<String> {
    let allowed = access.read.iter().filter(|(name, _)| !access.deny.contains(*name));
    let mut sentences: Vec<String> = allowed
        .map(|(name, scope)| match scope {
            Scope::ThisCustomer => {
                format!("May read of the customer whom the request is for: {}.", called(&names.data_sets, name))
            }
            Scope::All => format!("May read of everybody: {}.", called(&names.data_sets, name)),
        })
        .collect();
    sentences.extend(access.deny.iter().map(|name| format!("Must not read: {}.", called(&names.data_sets, name))));
    sentences.push("Must not read anything that is not named here.".to_owned());
    sentences
}

fn action_sentences(scope: &ActionScope, names: &Names) -> Vec<String> {
    let allowed = scope.allow.iter().filter(|(name, _)| !scope.deny.contains(*name));
    let mut sentences: Vec<String> = allowed
        .map(|(name, allowance)| {
            let may = if allowance.shadow { "In shadow, judged but never carried out" } else { "Allowed" };
            let limits = list(allowance.limits.iter().map(|one| limit(one, names)), "and");
            let limits = if allowance.limits.is_empty() { String::new() } else { format!(", {limits}") };
            format!("{may}: {}{limits}.", called(&names.actions, name))
        })
        .collect();
    sentences.extend(scope.deny.iter().map(|name| format!("Denied: {}.", called(&names.actions, name))));
    sentences.push("Denied: every action that is not named here.".to_owned());
    sentences
}

fn approval_sentences(thresholds: &ApprovalThresholds, names: &Names) -> Vec<String> {
    let mut sentences: Vec<String> = thresholds.rules.iter().map(|one| rule(one, names)).collect();
    sentences.push(format!(
        "For what has been tightened, and when the customer or what set it off is unclear, {} decides within {}. {}",
        people(1, &thresholds.queue, names),
        duration(thresholds.within_s),
        late(&Otherwise::Reject, names)
    ));
    sentences
}

fn audit_sentences(logging: &AuditLogging) -> Vec<String> {
    let kept = [
        ("the input", logging.record.input),
        ("the reasoning", logging.record.reasoning),
        ("the output", logging.record.output),
        ("what was read", logging.record.reads),
    ];
    let named = |wanted: bool| kept.iter().filter(move |(_, on)| *on == wanted).map(|(name, _)| *name);
    let mut sentences = Vec::new();
    if named(true).next().is_some() {
        sentences.push(format!("Recorded with each request: {}.", list(named(true), "and")));
    }
    if named(false).next().is_some() {
        sentences.push(format!("Not recorded: {}.", list(named(false), "and")));
    }
    if !logging.require.is_empty() {
        let fields = logging.require.iter().map(|field| field.name().replace('_', " "));
        sentences.push(format!("Denied: a request that does not say its {}.", list(fields, "and")));
    }
    if !logging.mask.is_empty() {
        sentences.push(format!("Shown to nobody: {}.", list(&logging.mask, "and")));
    }
    sentences.push(format!("Entries are kept for {} days.", logging.keep_days));
    sentences
}

impl Sensitivity {
    pub fn words(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Personal => "personal",
            Self::Sensitive => "sensitive",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ask(arguments: Value) -> Ask {
        serde_json::from_value(json!({"action": "order.refund", "arguments": arguments, "customer": {"id": "omar"}}))
            .unwrap()
    }

    #[test]
    fn the_sentence_is_made_from_the_arguments() {
        let ask = ask(json!({"total": {"amount": "72.50", "currency": "USD"}, "order": "#W1", "items": ["a", "b"]}));
        assert_eq!(
            fill("Refund {total} to {customer} for {items} of order {order}", &ask),
            "Refund $72.50 to omar for a, b of order #W1"
        );
        assert_eq!(fill("Exchange {items}[ and pay back {refund}]", &ask), "Exchange a, b");
        assert_eq!(fill("Exchange {items}[ and pay back {total}]", &ask), "Exchange a, b and pay back $72.50");
        assert_eq!(fill("Send {letter}", &ask), "Send (no letter)");
        assert_eq!(fill("Broken {total", &ask), "Broken {total");
    }

    #[test]
    fn hidden_characters_are_shown() {
        assert_eq!(visible("pay\u{202e}0001$\u{200b}!\u{7}"), "pay⟨U+202E⟩0001$⟨U+200B⟩!⟨U+0007⟩");
        let ask = ask(json!({"order": "{customer}\u{202e}"}));
        assert_eq!(fill("Order {order}", &ask), "Order {customer}⟨U+202E⟩");
    }

    #[test]
    fn a_permission_set_reads_as_plain_sentences() {
        let money = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let day = |per: &str, actions: &[&str]| json!({"per": per, "within_s": 86_400, "actions": actions});
        let refunds = json!({"limits": [
            {"kind": "amount", "most": money("500.00")},
            {"kind": "count", "most": 1, "window": day("customer", &[])},
            {"kind": "sum", "most": money("2000.00"), "window": day("agent", &["order.cancel", "order.refund"])},
        ]});
        let rules = json!([
            {"id": "a", "applies_to": {"actions": ["order.refund"]}, "queue": "cs-leads",
                "when": [{"kind": "amount_over", "limit": money("50.00")}]},
            {"id": "b", "applies_to": {"effects": ["write", "commitment"]}, "queue": "finance", "needed": 2,
                "within_s": 1800, "else": {"escalate": {"queue": "managers", "within_s": 3600}},
                "when": [{"kind": "irreversible"}, {"kind": "lifetime_value_over", "limit": money("1000.00")}]},
            {"id": "c", "applies_to": "any", "queue": "cs-leads", "when": [
                {"kind": "count_over", "limit": 3, "window": day("customer", &[])},
                {"kind": "sum_over", "limit": money("500.00"), "window": day("agent", &["order.refund"])}]},
            {"id": "d", "applies_to": {"effects": ["message"]}, "queue": "cs-leads", "when": [
                {"kind": "touches", "topics": ["legal", "medical", "press"]}, {"kind": "first_order"},
                {"kind": "open_complaint"}, {"kind": "first_of_its_kind"},
                {"kind": "template_not_in", "templates": ["returns.accepted"]}]},
        ]);
        let set = serde_json::from_value(json!({
            "data_access": {"read": {"customer.orders": "this_customer", "catalog.products": "all"},
                "deny": ["customer.card_numbers"]},
            "action_scope": {"allow": {"order.refund": refunds, "order.exchange": {"shadow": true}, "ticket.note": {}},
                "deny": ["order.modify_address"]},
            "approval_thresholds": {"queue": "cs-leads", "rules": rules},
            "audit_logging": {"record": {"input": false}, "require": ["model", "prompt_version", "customer"],
                "mask": ["/arguments/card"]},
        }));
        let names = Names {
            actions: [("order.exchange".to_owned(), "Exchange items".to_owned())].into(),
            data_sets: [("catalog.products".to_owned(), "Products and prices".to_owned())].into(),
            queues: [("finance".to_owned(), "Finance".to_owned())].into(),
        };
        let said = permission_set(&set.unwrap(), &names);

        assert_eq!(
            said.data_access,
            [
                "May read of everybody: Products and prices.",
                "May read of the customer whom the request is for: customer.orders.",
                "Must not read: customer.card_numbers.",
                "Must not read anything that is not named here.",
            ]
        );
        assert_eq!(
            said.action_scope,
            [
                "In shadow, judged but never carried out: Exchange items.",
                "Allowed: order.refund, at most $500.00 a request, at most 1 such request for one customer within 1 day \
                 and at most $2,000.00 in requests of order.cancel or order.refund by this agent within 1 day.",
                "Allowed: ticket.note.",
                "Denied: order.modify_address.",
                "Denied: every action that is not named here.",
            ]
        );
        assert_eq!(
            said.approval_thresholds,
            [
                "For order.refund, when the amount is over $50.00, one person from cs-leads decides within 4 hours. \
                 Without a decision in time, it is rejected.",
                "For every action that changes an outside system or binds the brand, when it cannot always be undone, and \
                 the customer's lifetime value is over $1,000.00, 2 different people from Finance decide within 30 \
                 minutes. Without a decision in time, it goes to managers, who have 1 hour; then it is rejected.",
                "For every action, when this makes more than 3 such requests for one customer within 1 day, and this \
                 makes more than $500.00 in requests of order.refund by this agent within 1 day, one person from cs-leads \
                 decides within 4 hours. Without a decision in time, it is rejected.",
                "For every action that speaks to a customer, when it touches on legal, medical or press, and it is the \
                 customer's first order, and the customer has an open complaint, and nothing with this template has \
                 succeeded yet, and its template is not returns.accepted, one person from cs-leads decides within 4 \
                 hours. Without a decision in time, it is rejected.",
                "For what has been tightened, and when the customer or what set it off is unclear, one person from \
                 cs-leads decides within 4 hours. Without a decision in time, it is rejected.",
            ]
        );
        assert_eq!(
            said.audit_logging,
            [
                "Recorded with each request: the reasoning, the output and what was read.",
                "Not recorded: the input.",
                "Denied: a request that does not say its customer, model and prompt version.",
                "Shown to nobody: /arguments/card.",
                "Entries are kept for 365 days.",
            ]
        );
    }

    #[test]
    fn a_rule_that_is_switched_off_says_so() {
        let off = json!({"id": "a", "off": true, "applies_to": "any", "queue": "cs-leads"});
        assert_eq!(
            rule(&serde_json::from_value(off).unwrap(), &Names::default()),
            "Switched off: for every action, one person from cs-leads decides within 4 hours. Without a decision in \
             time, it is rejected."
        );
    }

    #[test]
    fn the_reason_says_what_is_so_or_what_nobody_knows() {
        let mut action = ActionType::data_read();
        action.label = "Refund".to_owned();
        let over = json!({"kind": "amount_over", "limit": {"amount": "50.00", "currency": "USD"}});
        let said = |needed: u32, when: &[&Value], unknown| {
            let rule = json!({"id": "a", "applies_to": "any", "queue": "cs-leads", "needed": needed, "when": when});
            asked_by(&serde_json::from_value(rule).unwrap(), &action, unknown, &Names::default())
        };
        assert_eq!(said(1, &[&over], false), "Refund: the amount is over $50.00, so one person from cs-leads decides.");
        assert_eq!(
            said(2, &[&over], true),
            "Refund: it is not known whether the amount is over $50.00, so 2 different people from cs-leads decide."
        );
        assert_eq!(said(1, &[], false), "Refund: one person from cs-leads always decides.");
    }

    #[test]
    fn lengths_of_time_read_well() {
        let all = [(1, "1 second"), (90, "90 seconds"), (120, "2 minutes"), (14_400, "4 hours"), (86_400, "1 day")];
        for (seconds, text) in all {
            assert_eq!(duration(seconds), text);
        }
    }
}
