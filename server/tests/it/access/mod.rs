//! Who may do what, through the router.

mod calls;
pub mod coverage;
mod forged;
mod headers;
mod kept;
mod sessions;
