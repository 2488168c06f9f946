//! All SQL of Reins, one file per aggregate. Nothing outside this crate sees it.

pub mod agents;
pub mod approvals;
pub mod begin;
pub mod catalog;
pub mod commits;
pub mod control;
pub mod drafts;
pub mod due;
pub mod entries;
pub mod feed;
pub mod history;
pub mod impact;
pub mod jobs;
pub mod keys;
pub mod outcome;
pub mod pages;
pub mod people;
pub mod phases;
pub mod proposals;
pub mod queues;
pub mod requests;
pub mod sessions;
pub mod spans;
pub mod stops;
pub mod versions;
pub mod windows;
