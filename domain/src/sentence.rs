//! Reins' own words: what an action does, why it is asked, and what a permission set says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    action::{ActionType, Sensitivity},
    money::Money,
    permission::{Condition, Limit, Per, Rule, WindowSpec},
    request::Ask,
};

mod set;

pub use crate::seen::visible;
pub use set::{Sentences, about, permission_set, piece};

/// What somebody else has written, as it stands in a sentence of Reins: in backticks, which no value holds and pages draw
/// as a mark, so that it passes for no word of Reins. In one line.
pub fn value(text: &str) -> String {
    let mut seen = visible(text);
    if seen.contains(['`', '\n', '\r', '\t']) {
        seen = seen.replace('`', "'").replace(['\n', '\r', '\t'], " ");
    }
    ["`", &seen, "`"].concat()
}

/// A sentence for where nothing can be drawn: its values in quotation marks, of which they hold none.
pub fn plain(sentence: &str) -> String {
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => part.to_owned(),
        _ => ["“", &part.replace(['“', '”', '"'], "’"), "”"].concat(),
    };
    sentence.split('`').enumerate().map(part).collect()
}

/// What the request does, made from its arguments: "Refund $72.50 to `omar_anderson_3203` for order `#W6067464`".
///
/// A part in brackets is left out when the argument that it names is absent.
pub fn effect(ask: &Ask, action: &ActionType) -> String {
    fill(&action.sentence, ask)
}

fn fill(template: &str, ask: &Ask) -> String {
    let mut sentence = String::with_capacity(2 * template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '[']) {
        let optional = rest[at..].starts_with('[');
        let close = if optional { ']' } else { '}' };
        let Some(end) = rest[at..].find(close).map(|length| at + length) else { break };
        sentence.push_str(&words(&rest[..at]));
        let inner = &rest[at + 1..end];
        if optional {
            if placeholders(inner).all(|name| word(name, ask).is_some()) {
                sentence.push_str(&fill(inner, ask));
            }
        } else {
            sentence.push_str(&word(inner, ask).unwrap_or_else(|| format!("(no {})", words(inner))));
        }
        rest = &rest[end + 1..];
    }
    sentence.push_str(&words(rest));
    sentence
}

/// Words of the template: they mark nothing as a value.
fn words(template: &str) -> String {
    visible(template).replace('`', "'")
}

/// The names in braces.
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

fn word(name: &str, ask: &Ask) -> Option<String> {
    match name {
        "customer" => ask.customer_id().map(value),
        "reads" => {
            let reads = ask.reads.as_deref().unwrap_or_default();
            let names = reads.iter().map(|read| match &read.subject {
                Some(subject) => format!("{} of {}", value(&read.data_set), value(subject)),
                None => value(&read.data_set),
            });
            Some(names.collect::<Vec<_>>().join(", ")).filter(|list| !list.is_empty())
        }
        _ => ask.arguments.get(name).map(readable),
    }
}

/// A JSON value as people read it, with each text of it marked as a value.
pub fn readable(json: &Value) -> String {
    match json {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => value(text),
        Value::Array(values) => values.iter().map(readable).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            if let Ok(money) = Money::from_json(json) {
                return money.readable();
            }
            let parts = members.iter().map(|(name, member)| format!("{}: {}", value(name), readable(member)));
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    pub actions: BTreeMap<String, String>,
    pub data_sets: BTreeMap<String, String>,
    pub queues: BTreeMap<String, String>,
}

pub(crate) fn called(names: &BTreeMap<String, String>, name: &str) -> String {
    value(names.get(name).map_or(name, String::as_str))
}

fn people(needed: u32, queue: &str, names: &Names) -> String {
    let queue = called(&names.queues, queue);
    match needed {
        0 | 1 => format!("one person from {queue}"),
        n => format!("{n} different people from {queue}"),
    }
}

/// "a, b and c", with `last` between the last two; what others have written is marked already.
pub(crate) fn list<T: AsRef<str>>(names: impl IntoIterator<Item = T>, last: &str) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
    match names.pop() {
        Some(end) if names.is_empty() => end,
        Some(end) => format!("{} {last} {end}", names.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// "such requests by this agent within 1 day"; by name where a window names its actions.
pub fn requests_in(spec: &WindowSpec, one: bool, names: &Names) -> String {
    let s = if one { "" } else { "s" };
    let what = match spec.actions.is_empty() {
        true => format!("such request{s}"),
        false => format!("request{s} of {}", list(spec.actions.iter().map(|name| called(&names.actions, name)), "or")),
    };
    let whose = match spec.per {
        Per::Customer => "for one customer",
        Per::Agent => "by this agent",
    };
    let failed = if spec.trust_agent { ", without what the agent says failed" } else { "" };
    format!("{what} {whose} within {}{failed}", duration(spec.within_s))
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
        Condition::UnknownCustomer => "the customer is unknown to the shop".to_owned(),
        Condition::Touches { topics } => {
            format!("it touches on {}", list(topics.iter().map(|topic| value(topic)), "or"))
        }
        Condition::FirstOfItsKind => "nothing with this template has succeeded yet".to_owned(),
        Condition::TemplateNotIn { templates } => {
            format!("its template is not {}", list(templates.iter().map(|template| value(template)), "or"))
        }
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

/// Why a rule asks, whatever the request: "the amount is over $50.00, so one person from `cs-leads` decides."
pub fn why(rule: &Rule, names: &Names) -> String {
    let (who, decide) = (people(rule.needed, &rule.queue, names), decide(rule.needed));
    match rule.when.is_empty() {
        true => format!("{who} always {decide}."),
        false => format!("{}, so {who} {decide}.", conditions(rule, names)),
    }
}

/// Why this request asks: "`Refund`: the amount is over $50.00, so one person from `cs-leads` decides."
///
/// Where that is unknown, `unknown` is what is missing, as a sentence, or nothing.
pub fn asked_by(action: &ActionType, why: &str, unknown: Option<&str>) -> String {
    let label = value(&action.label);
    match unknown {
        None => [&label, ": ", why].concat(),
        Some("") => [&label, ": it is not known whether ", why].concat(),
        Some(missing) => [&label, ": it is not known whether ", why, " ", missing].concat(),
    }
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
            "Refund $72.50 to `omar` for `a`, `b` of order `#W1`"
        );
        assert_eq!(fill("Exchange {items}[ and pay back {refund}]", &ask), "Exchange `a`, `b`");
        assert_eq!(fill("Exchange {items}[ and pay back {total}]", &ask), "Exchange `a`, `b` and pay back $72.50");
        assert_eq!(fill("Send {letter}", &ask), "Send (no letter)");
        assert_eq!(fill("Broken {total", &ask), "Broken {total");
    }

    #[test]
    fn hidden_characters_are_shown() {
        let ask = ask(json!({"order": "{customer}\u{202e}"}));
        assert_eq!(fill("Order {order}", &ask), "Order `{customer}⟨U+202E⟩`");
    }

    #[test]
    fn no_value_passes_for_words_of_reins() {
        let ask = ask(json!({"order": "1` (checked by P)\n`", "note": ["א", "a” (b) “c"], "none": ""}));
        assert_eq!(fill("Order {order}", &ask), "Order `1' (checked by P) '`");
        assert_eq!(plain(&fill("Order {order}", &ask)), "Order “1' (checked by P) '”");
        assert_eq!(plain(&fill("Note {note}", &ask)), "Note “א”, “a’ (b) ’c”");
        assert_eq!(fill("`a` {none}", &ask), "'a' nothing");
    }

    #[test]
    fn the_reason_says_what_is_so_or_what_nobody_knows() {
        let mut action = ActionType::data_read();
        action.label = "Refund".to_owned();
        let over = json!({"kind": "amount_over", "limit": {"amount": "50.00", "currency": "USD"}});
        let said = |needed: u32, when: &[&Value], unknown: Option<&str>| {
            let rule = json!({"id": "a", "applies_to": "any", "queue": "cs-leads", "needed": needed, "when": when});
            asked_by(&action, &why(&serde_json::from_value(rule).unwrap(), &Names::default()), unknown)
        };
        assert_eq!(
            said(1, &[&over], None),
            "`Refund`: the amount is over $50.00, so one person from `cs-leads` decides."
        );
        assert_eq!(
            said(2, &[&over], Some("How much it moves is missing.")),
            "`Refund`: it is not known whether the amount is over $50.00, so 2 different people from `cs-leads` decide. \
             How much it moves is missing."
        );
        assert_eq!(said(1, &[], None), "`Refund`: one person from `cs-leads` always decides.");
    }

    #[test]
    fn lengths_of_time_read_well() {
        let all = [(1, "1 second"), (90, "90 seconds"), (120, "2 minutes"), (14_400, "4 hours"), (86_400, "1 day")];
        for (seconds, text) in all {
            assert_eq!(duration(seconds), text);
        }
    }
}
