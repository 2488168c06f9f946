//! What Reins is about: pure types and rules, without IO, clock or chance.
//!
//! The same code judges on the server and in the browser.

pub mod able;
pub mod action;
pub mod agent;
pub mod agent_file;
pub mod approval;
pub mod as_one;
pub mod authoring;
pub mod catalog;
pub mod clock;
pub mod decision;
pub mod digest;
pub mod entry;
pub mod facts;
pub mod fault;
pub mod folding;
pub mod id;
pub mod integration;
pub mod json;
pub mod kept;
pub mod life;
pub mod money;
pub mod part;
pub mod permission;
pub mod phase;
pub mod readiness;
pub mod request;
pub mod role;
pub mod schema;
pub mod seen;
pub mod sentence;
pub mod standing;
pub mod state;
pub mod view;
pub mod window;
pub mod words;
