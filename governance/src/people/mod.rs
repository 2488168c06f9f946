//! Who signs in, and who decides for which queue.

pub mod accounts;
pub mod attempts;
pub mod password;
pub mod queues;
pub mod sessions;
