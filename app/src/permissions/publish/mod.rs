//! What publishing a draft changes, and publishing it.

pub mod calls;
mod form;
mod page;
mod risks;
mod typed;

pub use page::PublishPage;
