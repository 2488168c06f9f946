//! The operations on a database, one file an aggregate.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod able;
mod apply;
mod approvals;
mod ask;
mod catalog;
mod claim;
mod controls;
mod drafts;
mod export;
mod feed;
mod impact;
mod in_vain;
mod lives;
mod lost;
mod meaning;
mod names;
mod outcome;
mod pages;
mod people;
mod phases;
mod presses;
mod publishing;
mod record;
mod refusals;
mod replays;
mod spans;
mod standing;
mod stop;
mod stop_under_load;
#[path = "../support/mod.rs"]
mod support;
mod together;
mod two_admins;
mod waiting;
mod windows;
