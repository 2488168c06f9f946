//! What a draft would have changed in what was asked before.

pub mod impact;
pub mod replay;
pub mod simulation;
