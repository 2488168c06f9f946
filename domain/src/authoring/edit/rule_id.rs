//! A rule's name, made of its words: `refund-over-50`.

use crate::{
    money::Money,
    permission::{AppliesTo, Condition, Rule},
};

/// Short enough for a line of a table.
const MOST_LETTERS: usize = 40;

/// A name for `rule` that none of `rules` has.
pub(super) fn of(rule: &Rule, rules: &[Rule]) -> String {
    let is_free = |id: &String| rules.iter().all(|known| known.id != *id);
    let first = short(&words(rule));
    // One more name than there are rules: one of them is free.
    let mut names = std::iter::once(first.clone()).chain((2..=rules.len() + 1).map(|n| format!("{first}-{n}")));
    names.find(is_free).unwrap_or(first)
}

fn words(rule: &Rule) -> String {
    let what = match &rule.applies_to {
        AppliesTo::Any => "action".to_owned(),
        AppliesTo::Actions(names) => joined(names.iter().map(|name| name.rsplit('.').next().unwrap_or(name))),
        AppliesTo::Effects(effects) => joined(effects.iter().map(|effect| effect.name())),
    };
    match rule.when.is_empty() {
        true => format!("every {what}"),
        false => format!("{what} {}", joined(rule.when.iter().map(condition))),
    }
}

fn joined<T: AsRef<str>>(words: impl Iterator<Item = T>) -> String {
    words.map(|word| word.as_ref().to_owned()).collect::<Vec<_>>().join(" ")
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::AmountOver { limit } => format!("over {}", whole(limit)),
        Condition::FirstOrder { .. } => "first order".to_owned(),
        Condition::LifetimeValueOver { limit, .. } => format!("valued over {}", whole(limit)),
        Condition::OpenComplaint { .. } => "open complaint".to_owned(),
        Condition::UnknownCustomer => "unknown customer".to_owned(),
        Condition::Touches { topics } => format!("touches {}", joined(topics.iter())),
        Condition::FirstOfItsKind => "first of its kind".to_owned(),
        Condition::TemplateNotIn { .. } => "other template".to_owned(),
        Condition::CountOver { limit, .. } => format!("more than {limit}"),
        Condition::SumOver { limit, .. } => format!("sum over {}", whole(limit)),
        Condition::Irreversible => "irreversible".to_owned(),
    }
}

/// `50` of 50.00, `12.50` of 12.50.
fn whole(money: &Money) -> String {
    let amount = money.amount();
    match amount.split_once('.') {
        Some((whole, cents)) if cents.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => amount,
    }
}

/// Lower-case letters and digits with single hyphens between them; never empty.
fn short(text: &str) -> String {
    let mut short = String::new();
    for c in text.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => short.push(c),
            _ if short.is_empty() || short.ends_with('-') => {}
            _ => short.push('-'),
        }
    }
    short.truncate(MOST_LETTERS);
    short.truncate(short.trim_end_matches('-').len());
    if short.is_empty() { "rule".to_owned() } else { short }
}
