//! The `reins` binary: command line, router, sessions, guards, agent API, charts, live updates, jobs.

#![deny(clippy::print_stdout, clippy::print_stderr)] // They panic where nobody reads.

pub mod agent_api;
mod answers;
mod away;
mod calls;
mod charts;
pub mod commands;
pub mod config;
pub mod demo;
mod end;
mod files;
pub mod first;
mod forms;
mod guard;
mod headers;
mod import;
mod kept;
mod lane;
pub mod listen;
pub mod live;
pub mod log;
pub mod metrics;
pub mod pages;
mod past;
mod patience;
pub mod postgres;
mod press;
mod room;
pub mod router;
mod sent;
pub mod serve;
pub mod sessions;
mod source;
mod strangers;
mod unread;

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use governance::Governance;
use governor::DefaultKeyedRateLimiter;
use leptos::prelude::LeptosOptions;

/// What every handler may need: one pointer, however often it is cloned.
#[derive(Clone)]
pub struct House(Arc<Rooms>);

pub struct Rooms {
    pub governance: Governance,
    pub live: live::Live,
    pub config: config::ServeConfig,
    /// How fast each key may call.
    pub pace: DefaultKeyedRateLimiter<Vec<u8>>,
    pub strangers: strangers::Strangers,
    pub calls: calls::Calls,
    pub lane: lane::Lane,
    /// Who the sessions are, for a stop while the database is away.
    pub seen: sessions::Seen,
    pub leptos: LeptosOptions,
    /// Lets the first admin in; only while there is none.
    pub setup_code: String,
}

impl Deref for House {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

impl FromRef<House> for LeptosOptions {
    fn from_ref(house: &House) -> Self {
        house.leptos.clone()
    }
}
