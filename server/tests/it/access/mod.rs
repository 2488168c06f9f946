//! Who may do what, through the router.

mod calls;
mod coverage;
mod forged;
mod headers;
mod kept;
mod sessions;
pub mod table;
