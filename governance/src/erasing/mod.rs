//! What is kept of customers, and what is not: legal holds, and erasing one.

pub mod columns;
pub mod erase;
pub mod holds;
