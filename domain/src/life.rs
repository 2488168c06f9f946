//! The life of a request: what it has come to, and the steps from there.
//!
//! A life is made by these steps alone, and nothing else is stored. What is open has no deadline but by its `Standing`.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    approval::{self, Given, Pending},
    clock::Clock,
    decision::Need,
    permission::Otherwise,
    standing::{Holds, Next, Standing, Yes, is_short, standing, stands_for},
    state::{CLAIM_SECONDS, State},
};

#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    /// What is asked of people; of what is no longer open, what was asked last.
    pending: Vec<Pending>,
    stage: Stage,
}

/// What a request has come to, with what it waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// To be decided before its clock reads this, as its queues stood when it was last looked at.
    Waiting { until: DateTime<Utc> },
    /// To be claimed before its clock reads this; by the yeses of this stop epoch.
    Approved { until: DateTime<Utc>, epoch: i64 },
    /// To be carried out by then, in the database's time; without, nothing has to be reported.
    Granted { until: Option<DateTime<Utc>> },
    /// What it came to otherwise, or what came of it.
    Over(State),
}

impl Life {
    /// A stored one; `None` where its parts do not fit.
    pub fn read(
        state: State,
        pending: Vec<Pending>,
        deadline: Option<DateTime<Utc>>,
        epoch: Option<i64>,
    ) -> Option<Self> {
        let stage = match (state, deadline, epoch) {
            (State::Waiting, Some(until), _) => Stage::Waiting { until },
            (State::Approved, Some(until), Some(epoch)) => Stage::Approved { until, epoch },
            (State::Waiting | State::Approved | State::Frozen, ..) => return None,
            (State::Granted, until, _) => Stage::Granted { until },
            (state, ..) => Stage::Over(state),
        };
        Some(Self { pending, stage })
    }

    pub fn stage(&self) -> Stage {
        self.stage
    }

    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    pub fn needs(&self) -> Vec<Need> {
        self.pending.iter().map(|asked| asked.need.clone()).collect()
    }

    pub fn state(&self) -> State {
        match self.stage {
            Stage::Waiting { .. } => State::Waiting,
            Stage::Approved { .. } => State::Approved,
            Stage::Granted { .. } => State::Granted,
            Stage::Over(state) => state,
        }
    }

    /// A reading of its clock while it is open, and plain time once it is granted.
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Waiting { until } | Stage::Approved { until, .. } => Some(until),
            Stage::Granted { until } => until,
            Stage::Over(_) => None,
        }
    }

    pub fn approved_epoch(&self) -> Option<i64> {
        match self.stage {
            Stage::Approved { epoch, .. } => Some(epoch),
            _ => None,
        }
    }

    /// How it stands; `None` where it is no longer open.
    pub fn standing(&self, yeses: &[Yes], now: &Holds<'_>) -> Option<Standing> {
        let claim_by = match self.stage {
            Stage::Waiting { .. } => None,
            Stage::Approved { until, .. } => Some(until),
            _ => return None,
        };
        Some(standing(&self.pending, claim_by, yeses, now))
    }

    /// What becomes of it by itself; `None` where it stays what it is. It never becomes a yes.
    pub fn passes(&self, standing: &Standing) -> Option<Self> {
        let stage = match (&self.stage, &standing.next) {
            (Stage::Granted { .. } | Stage::Over(_), _) | (_, Next::Met) => return None,
            (_, Next::Over(_)) => Stage::Over(State::Expired),
            (_, Next::Escalates { pending, until }) => {
                return Some(Self { pending: pending.clone(), stage: Stage::Waiting { until: *until } });
            }
            (_, Next::Waits { until }) => Stage::Waiting { until: *until },
        };
        (stage != self.stage).then(|| Self { stage, ..self.clone() })
    }

    /// What becomes of it with a yes that was just given; `standing` counts it.
    pub fn said_yes(&self, standing: &Standing, now: &Holds<'_>) -> Option<Self> {
        let until = now.clock.reads() + TimeDelta::seconds(CLAIM_SECONDS);
        match (self.stage, &standing.next) {
            (Stage::Waiting { .. } | Stage::Approved { .. }, Next::Met) => {
                Some(Self { stage: Stage::Approved { until, epoch: now.epoch }, ..self.clone() })
            }
            (Stage::Waiting { .. } | Stage::Approved { .. }, Next::Waits { until }) => {
                Some(Self { stage: Stage::Waiting { until: *until }, ..self.clone() })
            }
            _ => None,
        }
    }

    /// What becomes of it when something else is asked, which all have to say yes to anew.
    ///
    /// No queue gets more time than it had. One that had said yes in time has again what was left when it did; what was
    /// escalated stays with the queue that got it.
    pub fn asks(&self, needs: Vec<Need>, standing: &Standing, clock: &Clock) -> Option<Self> {
        let pending = needs.into_iter().map(|need| self.ask_again(need, standing, clock)).collect::<Vec<_>>();
        let until = approval::deadline(&pending)?;
        Some(Self { pending, stage: Stage::Waiting { until } })
    }

    fn ask_again(&self, mut need: Need, standing: &Standing, clock: &Clock) -> Pending {
        let asked = || self.pending.iter().zip(&standing.by);
        let before = asked().find(|(then, _)| stands_for(&then.need, &need));
        if let Some((then, _)) = before {
            need.queue = then.need.queue.clone();
            need.within_s = then.need.within_s;
            need.otherwise = Otherwise::Reject;
        }
        let before = before.or_else(|| asked().find(|(then, _)| then.need.queue == need.queue));
        let expires_at = approval::after(clock.reads(), need.within_s);
        let Some((then, by)) = before else { return Pending { need, expires_at } };
        let to_this = |yes: &&Given| by.contains(&yes.by) && yes.queues.contains(&then.need.queue);
        let mut said = standing.counted.iter().filter(to_this).map(|yes| yes.at).collect::<Vec<_>>();
        said.sort_unstable();
        let last = (then.need.needed as usize).checked_sub(1).and_then(|place| said.get(place));
        let had = match last {
            Some(at) if !is_short(&then.need, by) => clock.reads() + (then.expires_at - clock.read_at(*at)),
            _ => then.expires_at,
        };
        Pending { need, expires_at: expires_at.min(had) }
    }

    /// A claim of what is approved.
    pub fn granted(&self, until: DateTime<Utc>) -> Option<Self> {
        let granted = || Self { stage: Stage::Granted { until: Some(until) }, ..self.clone() };
        matches!(self.stage, Stage::Approved { .. }).then(granted)
    }

    /// What somebody says it comes to; `None` where it cannot come to that.
    pub fn ends(&self, to: State) -> Option<Self> {
        let ends = !matches!(to, State::Waiting | State::Approved | State::Granted) && self.state().may_become(to);
        ends.then(|| Self { stage: Stage::Over(to), ..self.clone() })
    }

    /// When to look at it again, in the database's time: nothing becomes of it by itself before, whatever is said until then.
    ///
    /// What is approved is looked at always, as somebody may leave whose yes it rests on.
    pub fn look_again(&self, clock: &Clock) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Waiting { .. } => {
                let first = approval::deadline(&self.pending).map(|reading| clock.when(reading));
                Some(first.map_or(clock.spent_at(), |first| first.min(clock.spent_at())))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{as_one::AsOne, clock::Span, id::PersonId, standing::Silence};

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn at(minutes: i64) -> DateTime<Utc> {
        START + TimeDelta::minutes(minutes)
    }

    fn need(queue: &str, hours: u32) -> Need {
        let (queue, rules) = (queue.to_owned(), vec![format!("over-{queue}")]);
        Need { queue, needed: 1, within_s: hours * 3600, otherwise: Otherwise::Reject, same_person: false, rules }
    }

    fn waiting(needs: Vec<Need>) -> Life {
        let pending = approval::pending(needs, START);
        let deadline = approval::deadline(&pending);
        Life::read(State::Waiting, pending, deadline, None).unwrap()
    }

    fn person(queue: &str) -> PersonId {
        PersonId(uuid::Uuid::from_u128(if queue == "leads" { 1 } else { 2 }))
    }

    fn says(queue: &str, minute: i64) -> Yes {
        let (by, queues) = (person(queue), [queue.to_owned()].into());
        Yes { given: Given { by, queues, at: at(minute), note: String::new() }, digest: vec![1], epoch: 0 }
    }

    fn clock(minute: i64) -> Clock {
        Clock::new(START, [], at(minute))
    }

    fn stands(life: &Life, yeses: &[Yes], clock: &Clock) -> Standing {
        let members = ["leads", "legal"].map(|queue| (queue.to_owned(), BTreeMap::from([(person(queue), at(-60))])));
        let members = members.into();
        life.standing(
            yeses,
            &Holds { digest: &[1], epoch: 0, retired: false, members: &members, as_one: &AsOne::default(), clock },
        )
        .unwrap()
    }

    #[test]
    fn a_change_gives_a_queue_back_what_it_had_left_when_it_said_yes() {
        let life = waiting(vec![need("leads", 1), need("legal", 2)]);
        // The leads said yes after 40 minutes of their hour; after 90 the lawyers change it.
        let now = clock(90);
        let standing = stands(&life, &[says("leads", 40)], &now);
        let changed = life.asks(vec![need("leads", 1), need("legal", 2)], &standing, &now).unwrap();
        let deadlines: Vec<_> = changed.pending().iter().map(|asked| asked.expires_at).collect();
        assert_eq!(deadlines, [at(110), at(120)]);
        assert_eq!(changed.stage(), Stage::Waiting { until: at(110) });
    }

    #[test]
    fn a_change_gives_no_queue_more_time() {
        let life = waiting(vec![need("leads", 1), need("legal", 2)]);
        let now = clock(30);
        let changed = life.asks(vec![need("leads", 1), need("new", 5)], &stands(&life, &[], &now), &now).unwrap();
        let deadlines: Vec<_> = changed.pending().iter().map(|asked| asked.expires_at).collect();
        assert_eq!(deadlines, [at(60), at(330)]);
        // Nor where its rule gives less by now than was left.
        let less = Need { within_s: 60, ..need("leads", 1) };
        let changed = life.asks(vec![less], &stands(&life, &[], &now), &now).unwrap();
        assert_eq!(changed.pending()[0].expires_at, at(31));
        assert_eq!(life.asks(Vec::new(), &stands(&life, &[], &now), &now), None);
    }

    #[test]
    fn what_was_escalated_stays_with_the_queue_that_got_it() {
        let escalates = Otherwise::Escalate { queue: "legal".into(), within_s: 7200 };
        let asked = Need { otherwise: escalates, ..need("leads", 1) };
        let life = waiting(vec![asked.clone()]);
        let passed = life.passes(&stands(&life, &[], &clock(60))).unwrap();
        assert_eq!(passed.stage(), Stage::Waiting { until: at(180) });
        let now = clock(100);
        let changed = passed.asks(vec![asked], &stands(&passed, &[], &now), &now).unwrap();
        assert_eq!(changed, passed);
    }

    #[test]
    fn only_an_approval_is_claimed_and_what_has_ended_stays_ended() {
        let life = waiting(vec![need("leads", 1)]);
        assert_eq!(life.granted(at(1)), None);
        let now = clock(10);
        let standing = stands(&life, &[says("leads", 9)], &now);
        assert_eq!(life.passes(&standing), None, "nothing becomes a yes by itself");
        let members = BTreeMap::new();
        let holds =
            Holds { digest: &[1], epoch: 3, retired: false, members: &members, as_one: &AsOne::default(), clock: &now };
        let approved = life.said_yes(&standing, &holds).unwrap();
        assert_eq!(approved.stage(), Stage::Approved { until: at(25), epoch: 3 });
        let granted = approved.granted(at(11)).unwrap();
        assert_eq!((granted.ends(State::Rejected), granted.ends(State::Granted)), (None, None));
        let done = granted.ends(State::Succeeded).unwrap();
        assert_eq!((done.state(), done.deadline(), done.ends(State::Failed)), (State::Succeeded, None, None));
    }

    #[test]
    fn an_approval_that_no_longer_counts_waits_again() {
        let life = waiting(vec![need("leads", 1)]);
        let approved = Life { stage: Stage::Approved { until: at(25), epoch: 0 }, ..life.clone() };
        assert_eq!(approved.passes(&stands(&approved, &[], &clock(12))), Some(life));
        let over = approved.passes(&stands(&approved, &[], &clock(60))).unwrap();
        assert_eq!(over.state(), State::Expired);
    }

    #[test]
    fn nothing_becomes_of_it_before_it_is_looked_at_again() {
        let life = waiting(vec![need("leads", 48), need("legal", 72)]);
        let day = 24 * 60;
        assert_eq!(life.look_again(&clock(10)), Some(at(10 + day)), "it could stand still from now on");
        let now = Clock::new(START, [Span { from: at(5), until: None }], at(105));
        let again = life.look_again(&now).unwrap();
        assert_eq!(again, at(5 + day));
        let then = Clock::new(START, [Span { from: at(5), until: None }], again);
        assert_eq!(stands(&life, &[], &then).next, Next::Over(Silence::StoodStill));
        assert_eq!(waiting(vec![need("leads", 1)]).look_again(&clock(10)), Some(at(60)));
    }

    #[test]
    fn what_is_stored_is_read_whole_or_not_at_all() {
        assert_eq!(Life::read(State::Waiting, Vec::new(), None, None), None);
        assert_eq!(Life::read(State::Approved, Vec::new(), Some(START), None), None);
        assert_eq!(Life::read(State::Frozen, Vec::new(), Some(START), Some(1)), None);
        let life = Life::read(State::Granted, Vec::new(), None, None).unwrap();
        assert_eq!((life.state(), life.deadline()), (State::Granted, None));
    }
}
