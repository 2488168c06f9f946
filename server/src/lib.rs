//! The `reins` binary: command line, router, sessions, guards, agent API, charts, live updates, jobs.

pub mod agent_api;
mod answers;
mod charts;
pub mod commands;
pub mod config;
pub mod demo;
mod files;
mod forms;
mod guard;
mod headers;
mod import;
mod kept;
pub mod live;
pub mod pages;
mod past;
pub mod postgres;
pub mod router;
pub mod serve;
mod sessions;
mod source;

use std::sync::Arc;

use axum::extract::FromRef;
use governance::Governance;
use governor::DefaultKeyedRateLimiter;
use leptos::prelude::LeptosOptions;

/// What every handler may need; cheap to clone.
#[derive(Clone)]
pub struct House {
    pub governance: Governance,
    pub live: live::Live,
    pub config: Arc<config::ServeConfig>,
    /// How fast each key may call.
    pub pace: Arc<DefaultKeyedRateLimiter<Vec<u8>>>,
    /// How fast each source may try without a key or a session.
    pub strangers: Arc<DefaultKeyedRateLimiter<String>>,
    pub leptos: LeptosOptions,
    /// Lets the first admin in; only while there is none.
    pub setup_code: Arc<str>,
}

impl FromRef<House> for LeptosOptions {
    fn from_ref(house: &House) -> Self {
        house.leptos.clone()
    }
}
