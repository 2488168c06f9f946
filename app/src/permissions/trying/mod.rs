//! A made-up request, judged by the draft and by the version in force.

mod asked;
mod bench;
mod blanks;
mod fields;
mod more;
mod page;

pub use page::TryPage;
