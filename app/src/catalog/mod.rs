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

pub use meaning::{Accepting, Ends, Meaning, Refused};
pub use preview::example_of;
pub use rename::{Rename, Renaming};

use domain::role::Capability;

use crate::feature::{Feature, page};
use action_page::{ActionPage, NewActionPage};
use actions_page::ActionsPage;
use changes_page::ChangesPage;
use data_sets_page::DataSetsPage;
use words_page::WordsPage;

pub const FEATURE: Feature = Feature {
    pages: &[
        page!("/settings/actions", ActionsPage, Some(Capability::Look)).in_settings("Actions"),
        page!("/settings/actions/new", NewActionPage, Some(Capability::Look)),
        page!("/settings/actions/:name", ActionPage, Some(Capability::Look)),
        page!("/settings/data-sets", DataSetsPage, Some(Capability::Look)).in_settings("Data sets"),
        page!("/settings/words", WordsPage, Some(Capability::Look)).in_settings("Words"),
        page!("/settings/changes", ChangesPage, Some(Capability::Look)).in_settings("Proposed changes"),
    ],
    calls: &[calls::CALLS],
};
