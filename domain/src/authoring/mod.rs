//! What people write permissions with: edits, drafts, what is risky, what a change means, and what it would have done.
//! Nothing that decides rests on it.

pub mod cedar;
pub mod difference;
pub mod draft;
pub mod edit;
pub mod example;
pub mod impact;
pub mod meaning;
pub mod risk;
pub mod starting_point;
pub mod statement;
