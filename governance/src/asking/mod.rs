//! What agents do: ask, claim, and say what came of it; with what is counted for that, and their keys.

pub mod ask;
pub mod claim;
pub mod customers;
pub mod keys;
pub mod outcome;
pub mod spans;
pub mod weigh;
