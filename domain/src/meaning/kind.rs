//! What an argument can be, in words.

use std::collections::BTreeMap;

use crate::{
    schema::Schema,
    sentence::{list, value},
};

/// `a whole number from 1 to 20`.
pub fn kind(schema: &Schema) -> String {
    match schema {
        Schema::String { one_of, min_length, max_length } if !one_of.is_empty() => {
            let fits = |text: &&String| (*min_length..=*max_length).contains(&text.chars().count());
            let quoted: Vec<String> = one_of.iter().filter(fits).map(|text| value(text)).collect();
            if quoted.is_empty() { "nothing that fits".to_owned() } else { format!("one of {}", list(quoted, "and")) }
        }
        Schema::String { min_length: 0, max_length, .. } => format!("a text of at most {max_length} characters"),
        Schema::String { min_length, max_length, .. } => format!("a text of {min_length} to {max_length} characters"),
        Schema::Integer { minimum: None, maximum: None } => "a whole number".to_owned(),
        Schema::Integer { minimum: Some(least), maximum: None } => format!("a whole number of at least {least}"),
        Schema::Integer { minimum: None, maximum: Some(most) } => format!("a whole number of at most {most}"),
        Schema::Integer { minimum: Some(least), maximum: Some(most) } => {
            format!("a whole number from {least} to {most}")
        }
        Schema::Boolean => "yes or no".to_owned(),
        Schema::Money { currency: None } => "an amount in any currency".to_owned(),
        Schema::Money { currency: Some(currency) } => format!("an amount in {currency}"),
        Schema::Array { items, min_items, max_items } => {
            format!("a list of {min_items} to {max_items}, each {}", kind(items))
        }
        Schema::Object { .. } => {
            let members: Vec<String> =
                members(schema).into_iter().map(|(name, kind)| format!("{} ({kind})", value(name))).collect();
            if members.is_empty() { "nothing".to_owned() } else { format!("a group of {}", list(members, "and")) }
        }
    }
}

/// Each member of an object with what it can be, and whether it has to be there.
pub fn members(schema: &Schema) -> BTreeMap<&str, String> {
    let Schema::Object { properties, required } = schema else { return BTreeMap::new() };
    let said = |name: &String, schema: &Schema| match required.contains(name) {
        true => format!("{}, always", kind(schema)),
        false => kind(schema),
    };
    properties.iter().map(|(name, schema)| (name.as_str(), said(name, schema))).collect()
}
