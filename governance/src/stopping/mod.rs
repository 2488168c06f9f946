//! What makes agents stand still, or ask: stops, and tightenings.

pub mod presses;
pub mod stops;
pub mod tightenings;
