//! Reins' own words: what an action does, why it is asked, and what a permission set says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    action::{ActionType, Sensitivity},
    money::Money,
    permission::{AppliesTo, Condition, Limit, Otherwise, Per, PermissionSet, Rule, Scope, WindowSpec},
    request::Ask,
};

/// Shows what would not be seen: control, bidirectional and zero-width characters as their code point.
///
/// Line breaks and tabs stay where `text` is shown as a block.
pub fn visible(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { format!("⟨U+{:04X}⟩", u32::from(c)) } else { c.to_string() }).collect()
}

fn is_hidden(c: char) -> bool {
    let control = c.is_control() && c != '\n' && c != '\t';
    let invisible = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
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
        sentence.push_str(&rest[..at]);
        let optional = rest[at..].starts_with('[');
        let close = if optional { ']' } else { '}' };
        let Some(end) = rest[at..].find(close).map(|length| at + length) else { break };
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

fn placeholders(template: &str) -> impl Iterator<Item = &str> {
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

fn people(needed: u32, queue: &str) -> String {
    match needed {
        1 => format!("one person of {queue}"),
        n => format!("{n} different people of {queue}"),
    }
}

fn window(spec: &WindowSpec) -> String {
    let whose = match spec.per {
        Per::Customer => "a customer",
        Per::Agent => "this agent",
    };
    let what = if spec.actions.is_empty() { String::new() } else { format!(" (of {})", join(&spec.actions)) };
    format!("for {whose} within {}{what}", duration(spec.within_s))
}

fn join<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| visible(name)).collect::<Vec<_>>().join(", ")
}

/// A hard limit: "at most $500.00 for this agent within 1 day".
pub fn limit(limit: &Limit) -> String {
    match limit {
        Limit::Amount { most } => format!("at most {} a request", most.readable()),
        Limit::Count { most, window: spec } => format!("at most {most} {}", window(spec)),
        Limit::Sum { most, window: spec } => format!("at most {} {}", most.readable(), window(spec)),
    }
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::AmountOver { limit } => format!("the amount is over {}", limit.readable()),
        Condition::FirstOrder { .. } => "it is the customer's first order".to_owned(),
        Condition::LifetimeValueOver { limit, .. } => format!("the customer is worth over {}", limit.readable()),
        Condition::OpenComplaint { .. } => "the customer has an open complaint".to_owned(),
        Condition::Touches { topics } => format!("it touches {}", join(topics)),
        Condition::FirstOfItsKind => "it is the first of its kind".to_owned(),
        Condition::TemplateNotIn { templates } => format!("its template is not {}", join(templates)),
        Condition::CountOver { limit, window: spec } => format!("there are more than {limit} {}", window(spec)),
        Condition::SumOver { limit, window: spec } => {
            format!("they add up to over {} {}", limit.readable(), window(spec))
        }
        Condition::Irreversible => "it cannot be undone for good".to_owned(),
    }
}

fn conditions(rule: &Rule) -> String {
    rule.when.iter().map(condition).collect::<Vec<_>>().join(" and ")
}

/// Why this request asks: "Refund: the amount is over $50.00, so one person of cs-leads decides."
pub fn asked_by(rule: &Rule, action: &ActionType, unknown: bool) -> String {
    let who = people(rule.needed, &visible(&rule.queue));
    let why = match (rule.when.is_empty(), unknown) {
        (true, _) => "always".to_owned(),
        (false, false) => conditions(rule),
        (false, true) => format!("it is not known whether {}", conditions(rule)),
    };
    let decide = if rule.needed == 1 { "decides" } else { "decide" };
    format!("{}: {why}, so {who} {decide}.", visible(&action.label))
}

/// A rule on its own: "When order.refund and the amount is over $50.00, one person of cs-leads decides within 4 hours,
/// else it is rejected."
pub fn rule(rule: &Rule) -> String {
    let what = match &rule.applies_to {
        AppliesTo::Any => "any action".to_owned(),
        AppliesTo::Actions(names) => join(names),
        AppliesTo::Effects(effects) => {
            effects.iter().map(|effect| format!("an action that {}", effect.words())).collect::<Vec<_>>().join(" or ")
        }
    };
    let when = if rule.when.is_empty() { String::new() } else { format!(" and {}", conditions(rule)) };
    let decide = if rule.needed == 1 { "decides" } else { "decide" };
    let who = people(rule.needed, &visible(&rule.queue));
    let otherwise = match &rule.otherwise {
        Otherwise::Reject => "it is rejected".to_owned(),
        Otherwise::Escalate { queue, within_s } => format!("{} gets it for {}", visible(queue), duration(*within_s)),
    };
    format!("When {what}{when}, {who} {decide} within {}, else {otherwise}.", duration(rule.within_s))
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
pub fn permission_set(set: &PermissionSet) -> Sentences {
    let mut data_access: Vec<String> = set
        .data_access
        .read
        .iter()
        .filter(|(name, _)| !set.data_access.deny.contains(*name))
        .map(|(name, scope)| match scope {
            Scope::ThisCustomer => format!("May read {}, of the request's own customer only.", visible(name)),
            Scope::All => format!("May read {}, all of it.", visible(name)),
        })
        .collect();
    data_access.extend(set.data_access.deny.iter().map(|name| format!("Must not read {}.", visible(name))));
    data_access.push("Everything else is denied.".to_owned());

    let allowed = set.action_scope.allow.iter().filter(|(name, _)| !set.action_scope.deny.contains(*name));
    let mut action_scope: Vec<String> = allowed
        .map(|(name, allowance)| {
            let how = if allowance.shadow { "in shadow only: judged, never carried out" } else { "allowed" };
            let limits = allowance.limits.iter().map(|l| format!("; {}", limit(l))).collect::<String>();
            format!("{}: {how}{limits}.", visible(name))
        })
        .collect();
    action_scope.extend(set.action_scope.deny.iter().map(|name| format!("{}: denied.", visible(name))));
    action_scope.push("Every other action is denied.".to_owned());

    let thresholds = &set.approval_thresholds;
    let mut approval_thresholds: Vec<String> = thresholds.rules.iter().map(rule).collect();
    approval_thresholds.push(format!(
        "Where no rule says who decides, one person of {} does, within {}.",
        visible(&thresholds.queue),
        duration(thresholds.within_s)
    ));

    Sentences { data_access, action_scope, approval_thresholds, audit_logging: audit_sentences(set) }
}

fn audit_sentences(set: &PermissionSet) -> Vec<String> {
    let logging = &set.audit_logging;
    let kept = [
        ("the input", logging.record.input),
        ("the reasoning", logging.record.reasoning),
        ("the output", logging.record.output),
        ("what was read", logging.record.reads),
    ];
    let named = |wanted: bool| {
        kept.iter().filter(|(_, on)| *on == wanted).map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    };
    let mut sentences = Vec::new();
    if !named(true).is_empty() {
        sentences.push(format!("Recorded beside each request: {}.", named(true)));
    }
    if !named(false).is_empty() {
        sentences.push(format!("Not recorded: {}.", named(false)));
    }
    if !logging.require.is_empty() {
        let fields = logging.require.iter().map(|field| field.name().replace('_', " ")).collect::<Vec<_>>().join(", ");
        sentences.push(format!("A request without these is denied: {fields}."));
    }
    if !logging.mask.is_empty() {
        sentences.push(format!("Shown to nobody: {}.", join(&logging.mask)));
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
    fn lengths_of_time_read_well() {
        let all = [(1, "1 second"), (90, "90 seconds"), (120, "2 minutes"), (14_400, "4 hours"), (86_400, "1 day")];
        for (seconds, text) in all {
            assert_eq!(duration(seconds), text);
        }
    }
}
