//! What is to happen, in its order.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{RequestId, StopId};

use super::story::Story;

/// What happens next; numbers are places in the story.
pub enum Event {
    Opens,
    ListsCustomers,
    Begins(usize),
    Moves(usize, usize),
    SignsIn(usize),
    Stops(usize),
    Releases(usize, StopId, i64),
    Tightens(usize),
    Asks(usize),
    Decides(usize, RequestId),
    Claims(usize, RequestId),
    Reports(usize, RequestId, String),
    Follows(usize, RequestId),
    Finds(usize, RequestId),
    /// Something may be over.
    Passes(usize, RequestId),
    MakesRoom,
}

/// How long before the end the rounds become shorter, and how far apart what is done in one lies in the story.
const ROUNDS: [(TimeDelta, TimeDelta); 3] = [
    (TimeDelta::days(14), TimeDelta::hours(1)),
    (TimeDelta::days(1), TimeDelta::minutes(10)),
    (TimeDelta::zero(), TimeDelta::zero()),
];

impl Event {
    fn goes_with(&self, first: &Self) -> bool {
        match first {
            Self::Asks(_) | Self::SignsIn(_) => matches!(self, Self::Asks(_) | Self::SignsIn(_)),
            Self::Reports(..) => matches!(self, Self::Reports(..)),
            _ => false,
        }
    }
}

pub struct Plan {
    /// What is not before this has not happened yet.
    until: DateTime<Utc>,
    /// Of one moment, what was put in first comes first.
    events: BTreeMap<(DateTime<Utc>, u64), Event>,
    put: u64,
}

impl Plan {
    /// What the story says of itself; the rest follows from that.
    pub fn of(story: &Story, until: DateTime<Utc>) -> Self {
        let mut plan = Self { until, events: BTreeMap::new(), put: 0 };
        let founded = story.founded_at;
        let mut week = founded;
        while week < until {
            plan.put(week, Event::MakesRoom);
            week += TimeDelta::weeks(1);
        }
        plan.put(founded, Event::Opens);
        plan.put(founded + TimeDelta::hours(4), Event::ListsCustomers);
        plan.put(until - TimeDelta::hours(1), Event::ListsCustomers);
        for (place, agent) in story.agents.iter().enumerate() {
            plan.put(agent.published_at, Event::Begins(place));
            for (step, (at, ..)) in agent.modes.iter().enumerate() {
                plan.put(*at, Event::Moves(place, step));
            }
        }
        for (place, stop) in story.stops.iter().enumerate() {
            plan.put(stop.at, Event::Stops(place));
        }
        for (place, tightening) in story.tightenings.iter().enumerate() {
            plan.put(tightening.at, Event::Tightens(place));
        }
        for (place, (at, _)) in story.sign_ins.iter().enumerate() {
            plan.put(*at, Event::SignsIn(place));
        }
        for (place, past) in story.requests.iter().enumerate() {
            plan.put(past.at, Event::Asks(place));
        }
        plan
    }

    pub fn put(&mut self, at: DateTime<Utc>, event: Event) {
        if at < self.until {
            self.put += 1;
            self.events.insert((at, self.put), event);
        }
    }

    /// What happens next, and at once with it what follows soon and before anything else: agents go their rounds. What has
    /// only just happened keeps its time to the second.
    pub fn next(&mut self) -> Option<(DateTime<Utc>, Vec<Event>)> {
        let ((at, _), first) = self.events.pop_first()?;
        let mut events = vec![first];
        let round =
            ROUNDS.iter().find(|(before, _)| at < self.until - *before).map_or(TimeDelta::zero(), |(_, long)| *long);
        while let Some(next) = self.events.first_entry()
            && next.key().0 < at + round
            && next.get().goes_with(&events[0])
        {
            events.push(next.remove());
        }
        Some((at, events))
    }
}
