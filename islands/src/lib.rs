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
