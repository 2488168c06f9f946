//! What a change makes different, in words.

use domain::{
    money::Money,
    schema::{Misfit, Schema},
    sentence::{readable, value},
    words::label,
};
use serde_json::Value;

/// "Total: $72.50 becomes $50.00", a line for each argument that differs.
pub fn differences(before: &Value, after: &Value) -> Vec<String> {
    let names =
        |value: &Value| value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let mut all = names(before);
    all.extend(names(after));
    all.sort();
    all.dedup();
    let line = |name: &String| {
        let label = label(name);
        match (before.get(name), after.get(name)) {
            (old, Some(new)) if old == Some(new) || is_unread_money(new) => None,
            (Some(old), Some(new)) => Some(format!("{label}: {} becomes {}.", readable(old), readable(new))),
            (Some(old), None) => Some(format!("{label}: {} is left out.", readable(old))),
            (None, Some(new)) => Some(format!("{label}: {} is added.", readable(new))),
            (None, None) => None,
        }
    };
    all.iter().filter_map(line).collect()
}

/// What does not fit the action: "Total: enter an amount."
pub fn misfits(schema: &Schema, arguments: &Value) -> Vec<String> {
    let line = |misfit: Misfit| {
        let place: Vec<String> = misfit.pointer.split('/').skip(1).map(label).collect();
        let place = place.join(", ");
        let sent = arguments.pointer(&misfit.pointer);
        match sent.and_then(unread_amount) {
            Some("") => format!("{place}: enter an amount."),
            Some(amount) if !is_number(amount) => format!(
                "{place}: {} is no amount, or can be read in two ways. Write it with a point before the decimals, such as \
                 72.50.",
                value(amount)
            ),
            _ if sent.and_then(Value::as_str) == Some("") => format!("{place}: fill this in."),
            _ if place.is_empty() => format!("Does not fit: {}.", misfit.detail),
            _ => format!("Does not fit: {place} {}.", misfit.detail),
        }
    };
    schema.misfits(arguments, "").into_iter().map(line).collect()
}

/// The amount of what has the shape of money, and cannot be read as such.
fn unread_amount(value: &Value) -> Option<&str> {
    let members = value.as_object().filter(|members| members.len() == 2 && members.contains_key("currency"))?;
    let amount = members.get("amount")?.as_str()?;
    Money::from_json(value).is_err().then(|| amount.trim())
}

fn is_unread_money(value: &Value) -> bool {
    unread_amount(value).is_some()
}

fn is_number(amount: &str) -> bool {
    amount.starts_with(|c: char| c.is_ascii_digit())
        && amount.ends_with(|c: char| c.is_ascii_digit())
        && amount.matches('.').count() <= 1
        && amount.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_said() {
        let before = json!({"total": {"amount": "72.50", "currency": "USD"}, "order_id": "#W1", "items": ["a", "b"]});
        let after = json!({"total": {"amount": "50.00", "currency": "USD"}, "order_id": "#W1", "note": "half"});
        assert_eq!(
            differences(&before, &after),
            ["Items: `a`, `b` is left out.", "Note: `half` is added.", "Total: $72.50 becomes $50.00."]
        );
        assert_eq!(differences(&before, &before), Vec::<String>::new());
    }

    #[test]
    fn an_amount_that_is_no_amount_is_asked_for() {
        let schema: Schema = serde_json::from_value(json!({"type": "object", "properties": {
            "total": {"type": "money", "currency": "USD"}, "note": {"type": "string", "min_length": 1}}}))
        .unwrap();
        let total = |amount: &str| json!({"total": {"amount": amount, "currency": "USD"}});
        for (amount, words) in [
            ("", "Total: enter an amount."),
            (
                "€5",
                "Total: `€5` is no amount, or can be read in two ways. Write it with a point before the decimals, such as \
                 72.50.",
            ),
            ("5.123", "Does not fit: Total `5.123` has more decimals than USD has."),
        ] {
            assert_eq!(misfits(&schema, &total(amount)), [words]);
            assert_eq!(differences(&total("72.50"), &total(amount)), [""; 0]);
            assert_eq!(differences(&json!({}), &total(amount)), [""; 0]);
        }
        assert_eq!(misfits(&schema, &json!({"note": ""})), ["Note: fill this in."]);
    }

    #[test]
    fn a_misfit_names_its_field() {
        let schema = serde_json::from_value(json!({"type": "object", "properties": {"count": {"type": "integer"}}}));
        assert_eq!(misfits(&schema.unwrap(), &json!({"count": "x"})), ["Does not fit: Count is not a whole number."]);
    }
}
