//! Who may do what in Reins: queues and their members, people and their roles, keys of agents; and one's own password.

mod add_person;
mod add_queue;
mod calls;
mod create_key;
mod key_row;
mod keys_page;
mod named_submit;
mod nav;
mod password_page;
mod people_page;
mod person;
mod publishing;
mod queue;
mod queues_page;

use domain::role::Capability;

use crate::feature::{Call, Feature, form, page};
use keys_page::KeysPage;
use password_page::PasswordPage;
use people_page::PeoplePage;
use queues_page::QueuesPage;

pub use nav::SettingsNav;
pub use password_page::PasswordRefusal;

pub const QUEUES: Feature = Feature {
    pages: &[
        page!("/settings", QueuesPage, Some(Capability::Look)).everywhere("Settings", "settings", None),
        page!("/settings/queues", QueuesPage, Some(Capability::Look)).in_settings("Queues"),
    ],
    calls: &[calls::CALLS],
};

pub const PEOPLE: Feature = Feature {
    pages: &[
        page!("/settings/people", PeoplePage, Some(Capability::ManagePeople)).in_settings("People"),
        page!("/settings/keys", KeysPage, Some(Capability::ManageKeys)).in_settings("Keys"),
        page!("/settings/password", PasswordPage, Some(Capability::Look)).in_settings("Your password"),
    ],
    calls: &[FORMS],
};

const FORMS: &[Call] =
    &[form("/settings/keys/create", Some(Capability::ManageKeys)), form("/settings/password", Some(Capability::Look))];
