//! Times in words, from the database's clock.

use chrono::{DateTime, Utc};
use domain::{
    view::MOST_WAITING,
    words::{Wall, up_to},
};

pub use domain::words::{count, date, grouped, label, list, open, span};

/// How much waits, as far as it is counted.
pub fn waiting(number: u32) -> String {
    up_to(MOST_WAITING, number)
}

/// As it is told before the browser says where the reader is.
pub fn wall(at: DateTime<Utc>) -> Wall {
    at.fixed_offset().into()
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
    fn what_an_operation_says_becomes_a_sentence() {
        assert_eq!(sentence("action `order.refund`, revision 2"), "Action `order.refund`, revision 2.");
        assert_eq!(sentence("`x` is described twice"), "`x` is described twice.");
        assert_eq!(sentence("Line 3: unexpected key."), "Line 3: unexpected key.");
    }
}
