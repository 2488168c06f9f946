//! What was in force, since when, and who published it.

mod compare;
mod differences;
mod list;
mod one;

pub use compare::ComparePage;
pub use differences::{Differences, Told};
pub use list::VersionsPage;
pub use one::VersionPage;
