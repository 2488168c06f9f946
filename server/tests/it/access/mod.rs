//! Who may do what, through the router.

mod coverage;
mod forged;
mod headers;
mod kept;
mod sessions;
