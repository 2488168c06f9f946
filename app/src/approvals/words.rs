//! What the approval pages say, from values.

use domain::{
    sentence::visible,
    view::{ApprovalsPage, MOST_WAITING, RequestRow},
    words::{count, span, up_to},
};

/// The page's first line: "7 waiting, the oldest for 12 minutes."
pub fn waiting(page: &ApprovalsPage) -> String {
    match (page.total, page.oldest) {
        (0, _) => "Nothing waits for a decision now.".to_owned(),
        (total, None) => format!("{} waiting.", up_to(MOST_WAITING, total)),
        (total, Some(oldest)) => {
            let long = span((page.now - oldest).num_seconds());
            let since = if total == 1 { "for" } else { "the oldest for" };
            format!("{} waiting, {since} {long}.", up_to(MOST_WAITING, total))
        }
    }
}

/// What the button says: "Approve refund of $72.50".
pub fn approve(row: &RequestRow) -> String {
    let label = inside_a_sentence(&row.label);
    match row.amount {
        Some(amount) => format!("Approve {label} of {}", amount.readable()),
        None => format!("Approve {label}"),
    }
}

/// "1 more person of CS leads has to agree", or nothing when enough did.
pub fn still_needed(needed: u32, given: u32, queue: &str) -> Option<String> {
    let missing = needed.checked_sub(given).filter(|missing| *missing > 0)?;
    let more = if given == 0 { "" } else { "more " };
    let verb = if missing == 1 { "has" } else { "have" };
    let people = count(missing, &format!("{more}person"), &format!("{more}people"));
    Some(format!("{people} of {queue} {verb} to agree"))
}

/// A label inside a sentence starts small, unless it is an abbreviation.
fn inside_a_sentence(label: &str) -> String {
    let label = visible(label);
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_starts_small_inside_a_sentence() {
        assert_eq!(inside_a_sentence("Return refund"), "return refund");
        assert_eq!(inside_a_sentence("SMS campaign"), "SMS campaign");
    }

    #[test]
    fn what_is_still_needed_counts_people() {
        assert_eq!(still_needed(1, 0, "CS leads").as_deref(), Some("1 person of CS leads has to agree"));
        assert_eq!(still_needed(3, 1, "CS leads").as_deref(), Some("2 more people of CS leads have to agree"));
        assert_eq!(still_needed(1, 1, "CS leads"), None);
        assert_eq!(still_needed(1, 2, "CS leads"), None);
    }
}
