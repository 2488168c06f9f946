//! What agents can ask to do, and what they can read: action types and data sets, and the forms that change them.

mod action_form;
mod action_page;
mod actions_page;
mod arguments;
mod calls;
mod changes_page;
mod data_sets_page;
mod example;
mod kind;
mod meaning;
mod preview;
mod rename;
mod row;
mod rows;
mod typed;
mod undoing;
mod words_page;

pub use action_page::{ActionPage, NewActionPage};
pub use actions_page::ActionsPage;
pub use changes_page::ChangesPage;
pub use data_sets_page::DataSetsPage;
pub use meaning::{Accepting, Ends, Meaning, Refused};
pub use preview::example_of;
pub use rename::{Rename, Renaming};
pub use words_page::WordsPage;
