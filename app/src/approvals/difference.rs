//! What a change makes different, in words.

use domain::{schema::Schema, sentence::readable};
use serde_json::Value;

use super::words::label;

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
            (Some(old), Some(new)) if old == new => None,
            (Some(old), Some(new)) => Some(format!("{label}: {} becomes {}.", shown(old), shown(new))),
            (Some(old), None) => Some(format!("{label}: {} is left out.", shown(old))),
            (None, Some(new)) => Some(format!("{label}: {} is added.", shown(new))),
            (None, None) => None,
        }
    };
    all.iter().filter_map(line).collect()
}

/// What does not fit the action: "Total: is not in USD".
pub fn misfits(schema: &Schema, arguments: &Value) -> Vec<String> {
    let line = |misfit: domain::schema::Misfit| {
        let place: Vec<String> = misfit.pointer.split('/').skip(1).map(label).collect();
        match place.is_empty() {
            true => format!("Does not fit: {}.", misfit.detail),
            false => format!("Does not fit: {} {}.", place.join(", "), misfit.detail),
        }
    };
    schema.misfits(arguments, "").into_iter().map(line).collect()
}

fn shown(value: &Value) -> String {
    match readable(value) {
        text if text.is_empty() => "nothing".to_owned(),
        text => text,
    }
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
            ["Items: a, b is left out.", "Note: half is added.", "Total: $72.50 becomes $50.00."]
        );
        assert_eq!(differences(&before, &before), Vec::<String>::new());
    }

    #[test]
    fn a_misfit_names_its_field() {
        let schema = serde_json::from_value(json!({"type": "object", "properties": {"count": {"type": "integer"}}}));
        assert_eq!(misfits(&schema.unwrap(), &json!({"count": "x"})), ["Does not fit: Count is not a whole number."]);
    }
}
