use domain::{
    action::ActionType,
    request::{Ask, Customer},
    schema::Schema,
    sentence,
    words::label,
};
use islands::Said;
use leptos::prelude::*;
use serde_json::{Map, Value, json};

use crate::ui::Section;

/// How its sentence reads, with every argument and with those alone that are required.
#[component]
pub fn Preview(action: ActionType) -> impl IntoView {
    let full = reads(&action, true);
    let least = Some(reads(&action, false)).filter(|least| *least != full);
    view! {
        <Section title="How it reads">
            <figure class="quote">
                <figcaption>"With everything that it can say"</figcaption>
                <blockquote><Said text=full/></blockquote>
            </figure>
            {least.map(|least| view! {
                <figure class="quote">
                    <figcaption>"With what it has to say only"</figcaption>
                    <blockquote><Said text=least/></blockquote>
                </figure>
            })}
        </Section>
    }
}

/// An example of how its sentence reads, for [`Said`].
pub fn example_of(action: &ActionType) -> String {
    reads(action, true)
}

fn reads(action: &ActionType, all: bool) -> String {
    let ask = Ask {
        action: action.name.clone(),
        arguments: sample(&action.arguments, "", all),
        customer: (action.for_customer || all).then(|| Customer {
            id: "omar_anderson".to_owned(),
            orders: None,
            lifetime_value: None,
            open_complaints: None,
        }),
        reads: None,
        topics: None,
        template: None,
        trigger: None,
        input: None,
        reasoning: None,
        output: None,
        model: None,
        prompt_version: None,
        agent_version: None,
    };
    sentence::effect(&ask, action)
}

/// A value that fits, which says of a text what it stands for.
fn sample(schema: &Schema, name: &str, all: bool) -> Value {
    match schema {
        Schema::Object { properties, required } => {
            let members = properties.iter().filter(|(name, _)| all || required.contains(*name));
            let members = members.map(|(name, schema)| (name.clone(), sample(schema, name, all)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Schema::String { one_of, .. } => match one_of.first() {
            Some(first) => json!(first),
            None => json!(format!("‹{}›", label(name).to_lowercase())),
        },
        Schema::Integer { minimum, .. } => json!(minimum.unwrap_or(0).max(2)),
        Schema::Boolean => json!(true),
        Schema::Array { items, .. } => json!([sample(items, name, all)]),
        Schema::Money { currency } => {
            let code = currency.map_or("USD".to_owned(), |currency| currency.to_string());
            json!({"amount": if currency.is_some_and(|one| one.decimals() == 0) { "72" } else { "72.50" }, "currency": code})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_shown_with_all_and_with_the_least() {
        let action: ActionType = serde_json::from_value(json!({
            "name": "order.refund", "label": "Refund", "sentence": "Refund {total} to {customer}[ for order {order_id}]",
            "effect": "write", "reversibility": {"kind": "irreversible"},
            "arguments": {"type": "object", "required": ["total"], "properties": {
                "total": {"type": "money", "currency": "USD"}, "order_id": {"type": "string"}}},
        }))
        .unwrap();
        assert_eq!(reads(&action, true), "Refund $72.50 to `omar_anderson` for order `‹order id›`");
        assert_eq!(reads(&action, false), "Refund $72.50 to `omar_anderson`");
    }
}
