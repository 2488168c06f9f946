//! The made-up past of a brand.

pub mod history;
