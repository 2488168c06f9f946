//! Who may do what, through the router.

pub mod coverage;
mod forged;
mod headers;
mod kept;
mod sessions;
