//! The clock of a request, which stands still while its agent is stopped or its integration is paused.

use chrono::{DateTime, TimeDelta, Utc};

/// For so long, in all, a request's clock stands still; then it is rejected.
pub const MOST_STILL: TimeDelta = TimeDelta::days(1);

/// From when until when something stood still; without an end it still does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

/// A request's own time. It began with the database's when the request was asked, and lags by as long as it stood still.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    now: DateTime<Utc>,
    /// When it stood still: in order, apart from each other, and since the request was asked.
    still: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    stands: bool,
}

impl Clock {
    pub fn new(asked_at: DateTime<Utc>, spans: impl IntoIterator<Item = Span>, now: DateTime<Utc>) -> Self {
        let mut stands = false;
        let mut clipped = Vec::new();
        for span in spans.into_iter().filter(|span| span.from <= now) {
            stands |= span.until.is_none_or(|until| until > now);
            let (from, until) = (span.from.max(asked_at), span.until.map_or(now, |until| until.min(now)));
            if from < until {
                clipped.push((from, until));
            }
        }
        clipped.sort_unstable();
        let mut still: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::with_capacity(clipped.len());
        for (from, until) in clipped {
            match still.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => still.push((from, until)),
            }
        }
        Self { now, still, stands }
    }

    /// What it reads now: deadlines are compared with this.
    pub fn reads(&self) -> DateTime<Utc> {
        self.read_at(self.now)
    }

    /// What it read at a moment of the database's time.
    pub fn read_at(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let lag = |(from, until): &(DateTime<Utc>, DateTime<Utc>)| (at.min(*until) - *from).max(TimeDelta::zero());
        at - self.still.iter().map(lag).sum::<TimeDelta>()
    }

    /// When it reads this, in the database's time, if it runs on from now.
    pub fn when(&self, reading: DateTime<Utc>) -> DateTime<Utc> {
        reading + self.stood_still()
    }

    pub fn stood_still(&self) -> TimeDelta {
        self.now - self.reads()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// When it will have stood still for as long as it may, in the database's time, at the earliest.
    pub fn spent_at(&self) -> DateTime<Utc> {
        self.now + (MOST_STILL - self.stood_still())
    }

    pub fn stands_still(&self) -> bool {
        self.stands
    }

    /// Whether it has stood still for as long as it may.
    pub fn is_spent(&self) -> bool {
        self.stood_still() >= MOST_STILL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn span(from: i64, until: Option<i64>) -> Span {
        Span { from: at(from), until: until.map(at) }
    }

    #[test]
    fn it_lags_by_what_it_stood_still_since_it_was_asked_and_no_minute_counts_twice() {
        let spans = [span(-5, Some(2)), span(10, Some(20)), span(15, Some(30)), span(50, None), span(90, None)];
        let clock = Clock::new(at(0), spans, at(60));
        assert_eq!(clock.stood_still(), TimeDelta::minutes(2 + 20 + 10));
        assert_eq!((clock.reads(), clock.read_at(at(25)), clock.read_at(at(40))), (at(28), at(8), at(18)));
        assert!(clock.stands_still() && !clock.is_spent());
        assert_eq!(clock.when(at(30)), at(62));
    }

    #[test]
    fn it_stands_still_for_a_day_at_most() {
        let stopped = |minutes| Clock::new(at(0), [span(0, None)], at(minutes));
        assert!(!stopped(24 * 60 - 1).is_spent());
        assert!(stopped(24 * 60).is_spent());
    }
}
