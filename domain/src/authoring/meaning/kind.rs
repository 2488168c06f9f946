//! What an argument can be, in words.

use std::collections::BTreeMap;

use crate::{schema::Schema, sentence::list};

/// Tells apart what is drawn alike, as values are in one line and hold no backtick.
pub fn exact(text: &str) -> String {
    format!("{text:?}")
}

/// `a whole number from 1 to 20`; what others have called things stands in it as `name` gives it.
pub fn kind(schema: &Schema, name: fn(&str) -> String) -> String {
    match schema {
        Schema::String { one_of, min_length, max_length } if !one_of.is_empty() => {
            let fits = |text: &&String| (*min_length..=*max_length).contains(&text.chars().count());
            let quoted: Vec<String> = one_of.iter().filter(fits).map(|text| name(text)).collect();
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
            format!("a list of {min_items} to {max_items}, each {}", kind(items, name))
        }
        Schema::Object { .. } => {
            let members: Vec<String> =
                members(schema, name).into_iter().map(|(member, kind)| format!("{} ({kind})", name(member))).collect();
            if members.is_empty() { "nothing".to_owned() } else { format!("a group of {}", list(members, "and")) }
        }
    }
}

/// Each member of an object with what it can be, and whether it has to be there.
pub fn members(schema: &Schema, name: fn(&str) -> String) -> BTreeMap<&str, String> {
    let Schema::Object { properties, required } = schema else { return BTreeMap::new() };
    let said = |member: &String, schema: &Schema| match required.contains(member) {
        true => format!("{}, always", kind(schema, name)),
        false => kind(schema, name),
    };
    properties.iter().map(|(member, schema)| (member.as_str(), said(member, schema))).collect()
}
