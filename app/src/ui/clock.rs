use std::time::Duration;

use chrono::{DateTime, FixedOffset, Offset, TimeDelta, Utc};
use leptos::prelude::*;

/// How times on the page move on, and which zone they are told in.
///
/// The server and the first view in the browser agree: nothing has passed, and the zone is UTC.
#[derive(Clone, Copy)]
pub struct Clock {
    /// Seconds since the page became alive.
    elapsed: RwSignal<i64>,
    /// Whether the reader's zone is known.
    here: RwSignal<bool>,
}

/// Gives the page a clock, which runs in the browser only.
pub fn provide_clock() {
    let clock = Clock { elapsed: RwSignal::new(0), here: RwSignal::new(false) };
    provide_context(clock);

    Effect::new(move |_| {
        let start = js_sys::Date::now();
        clock.here.set(true);
        set_interval(move || clock.elapsed.set(seconds_since(start)), Duration::from_secs(5));
    });
}

fn seconds_since(start: f64) -> i64 {
    ((js_sys::Date::now() - start) / 1000.0) as i64
}

impl Clock {
    /// The time that was `now` when this was called, as it moves on.
    pub fn running(now: DateTime<Utc>) -> impl Fn() -> DateTime<Utc> + Copy + Send + Sync + 'static {
        let clock = use_context::<Self>();
        let start = clock.map_or(0, |clock| clock.elapsed.get_untracked());
        move || now + TimeDelta::seconds(clock.map_or(0, |clock| clock.elapsed.get() - start))
    }

    /// A time in the reader's zone, once that is known.
    pub fn local(at: DateTime<Utc>) -> impl Fn() -> DateTime<FixedOffset> + Copy + Send + Sync + 'static {
        let clock = use_context::<Self>();
        move || match clock.is_some_and(|clock| clock.here.get()) {
            true => at.with_timezone(&offset(at)),
            false => at.fixed_offset(),
        }
    }
}

/// The reader's distance from UTC at that time: it changes with daylight saving.
fn offset(at: DateTime<Utc>) -> FixedOffset {
    let date = js_sys::Date::new(&(at.timestamp_millis() as f64).into());
    let behind = date.get_timezone_offset() as i32;
    FixedOffset::west_opt(behind * 60).unwrap_or(Utc.fix())
}
