//! Labels within a sentence: `Refund` as "refunds", "every refund", marked as what others have written.

use crate::{
    action::ActionType,
    authoring::statement::{Given, Statement},
    sentence::value,
    statement,
};

/// What it means that a window takes the agent's word for a failure.
pub(super) fn failures() -> Statement {
    statement!(
        "agents_word.failures",
        "The agent's own word that something failed gives its place back here: a wrong one lets more through."
    )
}

/// "`refunds`".
pub(crate) fn all(label: &str) -> Given {
    Given::new(label, value(&lower(&plural(label))))
}

/// "`Refunds`", where a sentence begins.
pub(crate) fn all_first(label: &str) -> Given {
    Given::new(label, value(&plural(label)))
}

/// "`refund`".
pub(crate) fn one(label: &str) -> Given {
    Given::new(label, value(&lower(label)))
}

/// A label that is plainly not English stays as it is.
fn plural(label: &str) -> String {
    if !label.is_ascii() {
        return label.to_owned();
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| label.ends_with(ending));
    let vowel_before_y = ends(&["ay", "ey", "oy", "uy"]);
    match label.strip_suffix('y') {
        Some(stem) if !vowel_before_y => format!("{stem}ies"),
        _ if ends(&["s", "x", "z", "ch", "sh"]) => format!("{label}es"),
        _ => format!("{label}s"),
    }
}

/// A label in the middle of a sentence; `SMS` stays as it is.
fn lower(label: &str) -> String {
    if !label.is_ascii() {
        return label.to_owned();
    }
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

/// "`Support`’s", "`Policies`’".
pub(crate) fn whose(name: &str) -> Given {
    let s = if value(name).trim_end_matches('`').ends_with(['s', 'S']) { "" } else { "s" };
    Given::new(name, format!("{}’{s}", value(name)))
}

/// "refunds and cancellations".
pub(super) fn all_of(actions: &[&ActionType]) -> Given {
    Given::list(actions.iter().map(|action| all(&action.label)), "and")
}

/// "every refund"; of several, "each of them".
pub(super) fn every(actions: &[&ActionType]) -> String {
    match actions {
        [only] => format!("every {}", one(&only.label)),
        _ => "each of them".to_owned(),
    }
}

pub(super) fn number(n: u32) -> Given {
    let words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    Given::new(n, words.get(n as usize).map_or_else(|| n.to_string(), |word| (*word).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_well_within_a_sentence() {
        for (label, said) in [
            ("Refund", "refunds"),
            ("Reply", "replies"),
            ("Survey", "surveys"),
            ("Purchase order", "purchase orders"),
            ("SMS", "SMSs"),
            ("Public address", "public addresses"),
            ("Dispatch", "dispatches"),
        ] {
            assert_eq!(lower(&plural(label)), said);
        }
        assert_eq!((whose("Support").as_ref(), whose("Policies").as_ref()), ("`Support`’s", "`Policies`’"));
        assert_eq!(plural("Rückerstattung"), "Rückerstattung", "not English, so nobody knows its plural");
        assert_eq!(lower("Rückerstattung"), "Rückerstattung");
        assert_eq!((number(0).as_ref(), number(2).as_ref(), number(11).as_ref()), ("no", "two", "11"));
    }
}
