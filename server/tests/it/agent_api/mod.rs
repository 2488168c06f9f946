//! The contract of the agent API, against the bytes on the wire.

mod answers;
mod connections;
mod description;
mod envelope;
mod follow;
mod keys;
mod life;
mod stream;
