//! How the record is read, and followed.

mod consumers;
mod counts;
pub mod feed;
pub mod reading;
