//! Deadlines pass, and outcomes stay away.

use std::{collections::BTreeSet, sync::PoisonError};

use chrono::TimeDelta;
use domain::{
    entry::{Detail, Escalated, Expired, Name, Nothing},
    id::RequestId,
    life::{Life, Stage},
    standing::Next,
    state::State,
    words,
};

use crate::{
    Governance, Result,
    approving::standing::Stands,
    control::Still,
    db::{self, due::Looked, requests::Judged},
    jobs::{LeftOver, Turn},
    permit::Permit,
};

/// What stands still is looked at as often as this, as it falls due later and later.
const WHILE_STILL: TimeDelta = TimeDelta::minutes(10);

/// How many of those that cannot be moved are named.
const NAMED: usize = 3;

/// What became of what is due.
#[derive(Default)]
struct Passed {
    moved: u32,
    /// What could not be moved, and why not.
    stuck: Vec<(RequestId, crate::Error)>,
}

impl Governance {
    /// Moves requests whose time is over; gives how many. Safe to run on every replica at once.
    pub async fn pass_deadlines(&self) -> Result<u32> {
        let Passed { moved, mut stuck } = self.pass_what_is_due().await?;
        match stuck.pop() {
            Some((_, error)) if moved == 0 => Err(error),
            _ => Ok(moved),
        }
    }

    /// The same; what cannot be moved keeps nothing else, and is told.
    pub(super) async fn work_on_deadlines(&self, turn: Turn) -> Result<LeftOver> {
        if turn.taken_over {
            *self.0.still.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        let stuck = self.pass_what_is_due().await?.stuck;
        let named: Vec<String> = stuck.iter().take(NAMED).map(|(id, _)| id.to_string()).collect();
        Ok((!stuck.is_empty()).then(|| {
            let more = if stuck.len() > NAMED { " and others" } else { "" };
            let number = words::count(u32::try_from(stuck.len()).unwrap_or(u32::MAX), "request", "requests");
            format!("{number} cannot be read or moved: {}{more}", named.join(", "))
        }))
    }

    async fn pass_what_is_due(&self) -> Result<Passed> {
        self.look_at_what_stood_still().await?;
        let mut passed = Passed::default();
        let mut from = None;
        loop {
            let page = self.due(&mut from).await?;
            for found in page.moving {
                let done = match found {
                    Ok(id) => self.pass(id).await.map_err(|error| (id, error)),
                    Err(broken) => Err(broken),
                };
                match done {
                    Ok(done) => passed.moved += u32::from(done),
                    // One that cannot be read must not keep the others open.
                    Err(stuck) => passed.stuck.push(stuck),
                }
            }
            if page.last {
                return Ok(passed);
            }
        }
    }

    /// The next page of what is to be looked at: which of it moves, or cannot be read. What stays gets its next time.
    async fn due(&self, from: &mut Option<db::due::Place>) -> Result<Page> {
        let mut connection = self.0.pages.acquire().await?;
        let (control, now) = self.control(&mut connection).await?;
        let found = db::due::due(&mut connection, *from, now).await?;
        *from = found.last().map(|row| row.place).or(*from);
        let last = found.len() < db::due::DUE_AT_ONCE;
        let ids: Vec<_> = found.iter().map(|row| row.place.id).collect();
        let mut yeses = db::approvals::of(&mut connection, &ids).await?;

        let (mut moving, mut later) = (Vec::new(), Vec::new());
        for row in found {
            let id = row.place.id;
            let life = match row.life {
                Ok(life) => life,
                Err(error) => {
                    moving.push(Err((id, error)));
                    continue;
                }
            };
            let (agent, action, asked_at, digest) = (row.agent, &*row.action, row.asked_at, &*row.digest);
            let said = yeses.remove(&id).unwrap_or_default();
            let stands = control.stands(Judged { agent, action, asked_at, digest, life: &life }, &said, now);
            if stands.passes(&life).is_some() {
                moving.push(Ok(id));
            } else if let Some(again) = life.look_again(&stands.clock).filter(|again| *again > row.place.due) {
                let again = if stands.clock.stands_still() { again.min(now + WHILE_STILL) } else { again };
                let falls_due = life.deadline().map(|reading| stands.clock.when(reading));
                let complete = stands.standing.is_some_and(|standing| standing.next == Next::Met);
                later.push(Looked { place: row.place, again, falls_due, complete });
            }
        }
        db::due::look_again(&mut connection, &later).await?;
        Ok(Page { moving, last })
    }

    /// Has looked at what stands still or runs again since a moment ago, as it falls due at another time than was said of it,
    /// and at what is over as its agent was retired.
    async fn look_at_what_stood_still(&self) -> Result<()> {
        let mut connection = self.0.pages.acquire().await?;
        let (control, now) = self.control(&mut connection).await?;
        let still = control.standing_still();
        let before = self.0.still.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (turned, held): (BTreeSet<Still>, Vec<_>) = match before {
            Some((before, held)) => (before.symmetric_difference(&still).cloned().collect(), held),
            // A replica that has just taken this over does not know what the one before it has seen.
            None => (control.turned_since(now - WHILE_STILL), Vec::new()),
        };
        let mut held = db::due::look_at_these(&mut connection, &held, now).await?;
        let (mut agents, mut all, mut actions) = (Vec::new(), false, Vec::new());
        for turned in &turned {
            match turned {
                Still::Everything => all = true,
                Still::Agent(agent) | Still::Retired(agent) => agents.push(*agent),
                Still::Integration(slug) => actions.extend(control.actions_on(slug)),
            }
        }
        if all || !agents.is_empty() || !actions.is_empty() {
            let left = loop {
                match db::due::look_at_some(&mut connection, &agents, all, &actions, now).await? {
                    (true, left) if !left.is_empty() => {}
                    (_, left) => break left,
                }
            };
            // There may be more than these.
            if left.len() == db::due::SOME {
                return Ok(());
            }
            held.extend(left);
        }
        *self.0.still.lock().unwrap_or_else(PoisonError::into_inner) = Some((still, held));
        Ok(())
    }

    async fn pass(&self, id: RequestId) -> Result<bool> {
        let (mut tx, control, now) = self.begin_decision().await?;
        let Some(stored) = db::requests::find_for_update(&mut tx, id).await? else { return Ok(false) };
        let yeses = db::approvals::of_one(&mut tx, id).await?;
        let stands = control.stands(stored.judged(), &yeses, now);
        let Some(next) = stands.passes(&stored.life) else { return Ok(false) };

        db::requests::store(&mut tx, now, id, &stored.life, &next, None).await?;
        if let Some(detail) = said_of(&stored.life, &next, &stands) {
            stored.entry(detail, &Permit::of_job("deadlines")).write(&mut tx, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

struct Page {
    moving: Vec<std::result::Result<RequestId, (RequestId, crate::Error)>>,
    last: bool,
}

/// What the record says of it; nothing where only its deadline is another.
fn said_of(before: &Life, next: &Life, stands: &Stands) -> Option<Detail> {
    Some(match (stands.standing.as_ref().map(|standing| &standing.next), next.stage()) {
        (None, _) => Detail::OutcomeUnknown(Nothing {}),
        (Some(Next::Over(silence)), _) => Detail::Expired(Expired { because: *silence }),
        (Some(Next::Escalates { .. }), _) => {
            let queues = next.pending().iter().map(|asked| Name::of(&asked.need.queue));
            Detail::Escalated(Escalated { to: queues.collect() })
        }
        (Some(_), Stage::Waiting { .. }) if before.state() == State::Approved => Detail::WaitsAgain(Nothing {}),
        (Some(_), _) => return None,
    })
}
