//! Ids that carry the time that Reins tells.

use std::{panic::AssertUnwindSafe, sync::Mutex};

use chrono::{DateTime, Utc};
use uuid::{ClockSequence, ContextV7, Timestamp, Uuid};

/// The time that the database told last, and how many ids were made since: each sorts after those that were made before, be
/// the clock moved back.
static TOLD: Mutex<AssertUnwindSafe<ContextV7>> = Mutex::new(AssertUnwindSafe(ContextV7::new()));

/// Hears what time the database tells.
pub(crate) fn told(now: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    TOLD.generate_timestamp_sequence(seconds, now.timestamp_subsec_nanos());
    now
}

/// An id of the time that was told last.
pub(crate) fn next() -> Uuid {
    // Never later than what was told, and late enough to be drawn by lot where nothing was.
    Uuid::new_v7(Timestamp::from_unix(&TOLD, 1, 0))
}
