//! An agent's permissions: written as a draft, published, and kept as versions.

mod bar;
mod calls;
mod choose;
mod draft;
mod editing;
mod form;
mod layers;
mod page;
mod publish;
mod reads_back;
mod remarks;
mod rules;
mod versions;
mod wrote;

pub use page::EditorPage;
pub use publish::PublishPage;
pub use versions::{ComparePage, VersionPage, VersionsPage};
