//! Who may do what in Reins: queues and their members, people and their roles, keys of agents.

mod add_person;
mod add_queue;
mod calls;
mod create_key;
mod key_row;
mod keys_page;
mod named_submit;
mod nav;
mod people_page;
mod person;
mod publishing;
mod queue;
mod queues_page;

pub use keys_page::KeysPage;
pub use nav::SettingsNav;
pub use people_page::PeoplePage;
pub use queues_page::QueuesPage;
