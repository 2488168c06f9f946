//! The places of a request that can be masked, as boxes in words.

use std::collections::BTreeMap;

use domain::{
    action::ActionType,
    schema::{Schema, escape},
    sentence::visible,
    words,
};

use crate::permissions::editing::Editing;

/// What any request can hold. Other parts of it are no texts: masked, they would hide the request as a whole.
const ANY: [(&str, &str); 5] = [
    ("/input", "What came in, such as the customer’s message"),
    ("/reasoning", "The agent’s reasoning"),
    ("/output", "What the agent wrote"),
    ("/trigger", "What set it off"),
    ("/customer/id", "Who the customer is"),
];

/// Each place with its words, such as `/arguments/card` with “Refund: card”.
pub fn places(editing: &Editing) -> Vec<(String, String)> {
    let listed = editing.set().action_scope.allow.keys();
    let actions: Vec<&ActionType> = listed.filter_map(|name| editing.view.catalog.action(name)).collect();
    let any = ANY.map(|(pointer, words)| (pointer.to_owned(), words.to_owned()));
    any.into_iter().chain(arguments(&actions)).collect()
}

/// An argument that several actions have is one place.
fn arguments(actions: &[&ActionType]) -> Vec<(String, String)> {
    let mut places: BTreeMap<String, (Vec<String>, String)> = BTreeMap::new();
    for action in actions {
        let mut found = Vec::new();
        find(&action.arguments, "/arguments", "", &mut found);
        for (pointer, words) in found {
            places.entry(pointer).or_insert((Vec::new(), words)).0.push(visible(&action.label));
        }
    }
    let words = |(of, words): (Vec<String>, String)| format!("{}: {words}", words::list(&of));
    places.into_iter().map(|(pointer, place)| (pointer, words(place))).collect()
}

fn find(schema: &Schema, under: &str, group: &str, places: &mut Vec<(String, String)>) {
    let Schema::Object { properties, .. } = schema else { return };
    for (name, member) in properties {
        let pointer = format!("{under}/{}", escape(name));
        let words = format!("{group}{}", visible(name).replace('_', " "));
        match member {
            Schema::Object { .. } => find(member, &pointer, &format!("{words}, "), places),
            Schema::Array { items, .. } if matches!(**items, Schema::Object { .. }) => {
                find(items, &format!("{pointer}/*"), &format!("{words}, each "), places);
                places.push((pointer, words));
            }
            _ => places.push((pointer, words)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action(label: &str, properties: serde_json::Value) -> ActionType {
        serde_json::from_value(json!({
            "name": "a", "label": label, "sentence": "Do it", "effect": "write",
            "reversibility": {"kind": "irreversible"},
            "arguments": {"type": "object", "properties": properties},
        }))
        .unwrap()
    }

    #[test]
    fn a_place_is_named_by_the_actions_that_have_it() {
        let text = json!({"type": "string"});
        let refund = action("Refund", json!({"card_number": text, "order": text}));
        let group = json!({"type": "object", "properties": {"zip/code": text}});
        let cards = json!({"type": "array", "items": {"type": "object", "properties": {"number": text}}});
        let moves = action("Move", json!({"order": text, "address": group, "cards": cards}));
        let owned = |(pointer, words): (&str, &str)| (pointer.to_owned(), words.to_owned());
        assert_eq!(
            arguments(&[&refund, &moves]),
            [
                ("/arguments/address/zip~1code", "Move: address, zip/code"),
                ("/arguments/card_number", "Refund: card number"),
                ("/arguments/cards", "Move: cards"),
                ("/arguments/cards/*/number", "Move: cards, each number"),
                ("/arguments/order", "Refund and Move: order"),
            ]
            .map(owned)
        );
    }
}
