//! What publishing a draft changes, and publishing it.

pub mod calls;
mod form;
mod page;
mod risks;

pub use page::PublishPage;
