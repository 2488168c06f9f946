//! Permissions as files: out, for `reins agent apply` and other tools, and in, as a draft.

mod import;
mod page;
mod pasted;
mod would;

pub use import::ImportPage;
pub use page::FilesPage;
pub use pasted::{Found, Pasted, Would};
