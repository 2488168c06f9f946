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

pub use keys_page::KeysPage;
pub use nav::SettingsNav;
pub use password_page::{PasswordPage, PasswordRefusal};
pub use people_page::PeoplePage;
pub use queues_page::QueuesPage;
