//! The parts of pages that have a state of their own in the browser: drawn by the server, and taken over there.

#![recursion_limit = "256"]

mod changes;
pub mod difference;
pub mod fields;
mod said;
mod shortcuts;
pub mod trying;

pub use changes::Changes;
pub use said::Said;
pub use shortcuts::Shortcuts;

/// What an island is given, as JSON: Leptos writes its properties in the browser, too, which would bring there all that
/// writes a permission set.
pub fn given(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
