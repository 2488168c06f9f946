//! The operations on a database, one file an aggregate.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod able;
mod apply;
mod approvals;
mod as_one;
mod ask;
mod catalog;
mod changed;
mod claim;
mod clock;
mod controls;
mod counts;
mod deadlines;
mod drafts;
mod entries;
mod feed;
mod files;
mod holds;
mod impact;
mod in_vain;
mod integrations;
mod jobs;
mod lives;
mod lost;
mod masks;
mod meaning;
mod names;
mod outcome;
mod pages;
mod people;
mod phases;
mod presses;
mod proposals;
mod publishing;
mod readiness;
mod record;
mod refusals;
mod releases;
mod replays;
mod runs;
mod spans;
mod standing;
mod stop;
mod stop_held_up;
mod stop_under_load;
#[path = "../support/mod.rs"]
mod support;
mod together;
mod two_admins;
mod unreadable;
mod versions;
mod waiting;
mod waiting_in_crowds;
mod windows;
