//! Times in words, from the database's clock.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    folding::looks,
    sentence::visible,
    view::MOST_WAITING,
    words::{Wall, up_to},
};

pub use domain::words::{count, date, grouped, label, list, open, or_more, span};

/// How much waits, as far as it is counted.
pub fn waiting(number: u32) -> String {
    up_to(MOST_WAITING, number)
}

/// Names and what they are called, with the name beside it where another is called alike.
pub fn apart<'a>(called: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let called: Vec<_> = called.map(|(name, label)| (name, label, looks(label))).collect();
    let mut times: HashMap<(usize, &str), usize> = HashMap::new();
    for (.., looks) in &called {
        for look in looks.iter().map(String::as_str).enumerate() {
            *times.entry(look).or_default() += 1;
        }
    }
    let is_alone =
        |looks: &[String; 2]| looks.iter().map(String::as_str).enumerate().all(|look| times.get(&look) == Some(&1));
    let apart = called.iter().map(|(name, label, looks)| {
        let label = if is_alone(looks) { visible(label) } else { format!("{} ({name})", visible(label)) };
        ((*name).to_owned(), label)
    });
    apart.collect()
}

/// As it is told before the browser says where the reader is.
pub fn wall(at: DateTime<Utc>) -> Wall {
    at.fixed_offset().into()
}

/// `3 August 2026`, of a day.
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// What the link to the second page says: `Next 12 of 62`.
pub fn next_of(shown: usize, total: u32) -> String {
    let shown = number(shown);
    let next = shown.min(total.saturating_sub(shown));
    if next == 0 { "Next".to_owned() } else { format!("Next {next} of {}", waiting(total)) }
}

/// How many there are, for [`count`].
pub fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// What an operation says in a few words, as a sentence for [`islands::Said`]: what it names stays in backticks.
pub fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_alike_is_told_apart_by_its_name() {
        let called = [("order.refund", "Refund"), ("gift.send", "Gift"), ("old.refund", "Refund "), ("a.b", "refund")];
        let apart = apart(called.into_iter()).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        assert_eq!(apart, ["Refund (order.refund)", "Gift", "Refund  (old.refund)", "refund (a.b)"]);
    }

    #[test]
    fn what_an_operation_says_becomes_a_sentence() {
        assert_eq!(sentence("action `order.refund`, revision 2"), "Action `order.refund`, revision 2.");
        assert_eq!(sentence("`x` is described twice"), "`x` is described twice.");
        assert_eq!(sentence("Line 3: unexpected key."), "Line 3: unexpected key.");
    }
}
