//! The server as its callers meet it: agents, browsers, and whoever runs two of it on one database.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod access;
mod agent_api;
mod browser;
mod card;
mod client;
mod commands;
mod crash;
mod demo;
mod durable;
mod editing;
mod files;
mod front;
mod inert;
mod live;
mod markup;
mod meaning;
mod parsed;
mod past;
mod process;
mod reach;
mod release;
mod retail;
mod rooms;
mod setting_up;
mod starting;
mod stop;
mod stop_with_windows;
mod stop_without_database;
#[expect(dead_code, reason = "made for the tests of the operations, which use all of it")]
#[path = "../../../governance/tests/support/mod.rs"]
mod support;
mod tidy;
mod today;
mod upgrade;
mod watched;
