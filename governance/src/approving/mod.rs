//! What people decide of requests, who can, and how a request stands.

pub mod able;
pub mod approvals;
pub mod settle;
pub mod shown;
pub mod standing;
pub mod waiting;
