//! How the record is read, and followed.

pub mod feed;
pub mod reading;
