//! What makes agents stand still, or ask: stops, tightenings, and pauses of integrations.

pub mod integrations;
pub mod presses;
pub mod stops;
pub mod tightenings;
