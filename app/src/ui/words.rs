//! Times in words, from the database's clock.

use chrono::{DateTime, Utc};
use domain::words::Wall;

pub use domain::words::{count, date, grouped, label, list, span};

/// As it is told before the browser says where the reader is.
pub fn wall(at: DateTime<Utc>) -> Wall {
    at.fixed_offset().into()
}

/// How many there are, for [`count`].
pub fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
