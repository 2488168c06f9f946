//! The filter of the record as the address carries it.

use domain::{entry::Kind, view::RecordFilter};

use crate::paths::{self, escaped};

/// What Reins can have answered.
pub const DECISIONS: [&str; 6] = ["allowed", "needs_approval", "denied", "shadowed", "stopped", "paused"];

/// Parts of a query and the labels of their fields, for those that can be beyond reading.
const LABELS: [(&str, &str); 5] =
    [("kind", "What happened"), ("decision", "Reins’ answer"), ("person", "Person"), ("from", "From"), ("to", "To")];

/// Reads the filter from the parts of a query; what is empty or cannot be read is not set.
///
/// `from` and `to` are days, the last one included.
pub fn filter(part: impl Fn(&str) -> Option<String>) -> RecordFilter {
    let part = |name: &str| part(name).map(|text| text.trim().to_owned());
    // No text in the record holds a NUL, so that none is looked for.
    let part = |name: &str| part(name).filter(|text| !text.is_empty() && !text.contains('\0'));
    RecordFilter {
        agent: part("agent"),
        action: part("action"),
        decision: part("decision").filter(|name| DECISIONS.contains(&name.as_str())),
        kind: part("kind").and_then(|name| Kind::parse(&name)),
        person: part("person").and_then(|id| id.parse().ok()),
        customer: part("customer"),
        from: part("from").and_then(|day| day.parse().ok()),
        to: part("to").and_then(|day| day.parse().ok()),
        before: part("before").and_then(|id| id.parse().ok()),
    }
}

/// The labels of what is set in a query, and is not in the filter that was read from it.
pub fn left_out(filter: &RecordFilter, part: impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
    let read = parts(filter);
    let is_read = |name: &str| read.iter().any(|(known, value)| *known == name && value.is_some());
    let is_set = |name: &str| part(name).is_some_and(|text| !text.trim().is_empty());
    LABELS.iter().filter(|(name, _)| is_set(name) && !is_read(name)).map(|(_, label)| *label).collect()
}

/// The address of the record under a filter.
pub fn address(filter: &RecordFilter) -> String {
    let set: Vec<String> =
        parts(filter).into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escaped(&value?)))).collect();
    if set.is_empty() { paths::activity() } else { format!("{}?{}", paths::activity(), set.join("&")) }
}

fn parts(filter: &RecordFilter) -> [(&'static str, Option<String>); 9] {
    [
        ("agent", filter.agent.clone()),
        ("action", filter.action.clone()),
        ("decision", filter.decision.clone()),
        ("kind", filter.kind.map(|kind| kind.name().to_owned())),
        ("person", filter.person.map(|id| id.to_string())),
        ("customer", filter.customer.clone()),
        ("from", filter.from.map(|day| day.to_string())),
        ("to", filter.to.map(|day| day.to_string())),
        ("before", filter.before.map(|id| id.to_string())),
    ]
}

/// Whether anything narrows the record down, apart from the page of it.
pub fn is_narrow(filter: &RecordFilter) -> bool {
    RecordFilter { before: None, ..filter.clone() } != RecordFilter::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parts: &[(&str, &str)]) -> RecordFilter {
        filter(|name| parts.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn days_are_read_and_written_as_they_are() {
        let filter = read(&[("from", "2026-11-01"), ("to", "2026-11-02")]);
        assert_eq!(address(&filter), "/activity?from=2026-11-01&to=2026-11-02");
    }

    #[test]
    fn what_is_empty_or_unreadable_is_not_set() {
        let filter = read(&[("agent", " "), ("kind", "guess"), ("from", "soon"), ("person", "1")]);
        assert_eq!(filter, RecordFilter::default());
        assert!(!is_narrow(&filter));
        assert_eq!(address(&filter), "/activity");
    }

    #[test]
    fn an_address_carries_any_customer() {
        assert_eq!(
            address(&read(&[("customer", "a&b é"), ("kind", "asked")])),
            "/activity?kind=asked&customer=a%26b%20%C3%A9"
        );
    }
}
