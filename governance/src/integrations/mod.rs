//! The outside systems that actions run on: what is known of them, and their pauses.

pub mod describing;
pub mod pauses;
pub mod shown;
