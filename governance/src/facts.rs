//! What the brand says of a customer, line by line.

use domain::{facts::BrandFacts, json, sentence::value};
use serde_json::{Value, json};

/// One line of a synced list.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerFacts {
    pub id: String,
    pub facts: BrandFacts,
}

impl CustomerFacts {
    /// Reads a line: `id`, and what the brand says. Gives in words what does not fit.
    pub fn read(line: &str) -> std::result::Result<Self, String> {
        let said = |pointer: &str, detail: &str| format!("`{}` {detail}", pointer.trim_start_matches('/'));
        let mut line = json::parse(line.as_bytes()).map_err(|misfit| said(&misfit.pointer, &misfit.detail))?;
        let members = line.as_object_mut().ok_or("is not an object")?;
        let id = members.remove("id").ok_or("`id` is missing")?;
        let id = id.as_str().ok_or("`id` is not a text")?.to_owned();
        for (name, said) in members.iter() {
            fits(name, said)?;
        }
        let facts = serde_json::from_value(line).map_err(|error| json::in_words(&error.to_string()))?;
        Ok(Self { id, facts })
    }
}

/// Whether a member of a line, alone, can be read; if not, which one it is, and why.
fn fits(name: &str, said: &Value) -> std::result::Result<(), String> {
    let Err(error) = serde_json::from_value::<BrandFacts>(json!({ name: said })) else { return Ok(()) };
    let (name, why) = (value(name), json::in_words(&error.to_string()));
    Err(match why.chars().next() {
        Some('`') if why.starts_with(&name) => why,
        Some('`') => format!("{name}: {why}"),
        _ => format!("{name} {why}"),
    })
}
