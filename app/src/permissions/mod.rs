//! An agent's permissions: written as a draft, published, and kept as versions.

mod bar;
mod begin;
mod both;
mod calls;
mod choose;
mod draft;
mod editing;
mod files;
mod form;
mod impact;
mod layers;
mod page;
mod print;
mod publish;
mod reads_back;
mod remarks;
mod rules;
mod trying;
mod versions;
mod wrote;

pub use files::{FilesPage, Found, ImportPage, Pasted, Would};
pub use impact::{ImpactPage, MOST_GIVEN};
pub use page::EditorPage;
pub use print::PrintPage;
pub use publish::PublishPage;
pub use trying::TryPage;
pub use versions::{ComparePage, Told, VersionPage, VersionsPage};
