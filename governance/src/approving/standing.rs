//! How a request stands now: the one place where its life meets what holds, for pages, agents, jobs, yeses and claims.

use chrono::{DateTime, Utc};
use domain::{
    agent::Mode,
    approval::Given,
    clock::Clock,
    decision::denied_as_it_is,
    facts::Facts,
    id::AgentId,
    life::{Life, Stage},
    standing::{Holds, Next, Standing, Yes},
    state::State,
    view::{Void, approvals::InVain},
};

use crate::{
    asking::weigh::world,
    control::Control,
    db::requests::{Judged, Stored},
    mask,
};

pub(crate) struct Stands {
    pub clock: Clock,
    /// Of what is open.
    pub standing: Option<Standing>,
    pub state: State,
    /// In the database's time, if its clock runs on from now.
    pub deadline: Option<DateTime<Utc>>,
    /// Who has said yes to each need, of what is open as far as it counts.
    pub by: Vec<Vec<Given>>,
}

impl Control {
    pub fn stands(&self, request: Judged<'_>, yeses: &[Yes], now: DateTime<Utc>) -> Stands {
        let clock = self.clock(request.agent, request.action, request.asked_at, now);
        let standing = request.life.standing(yeses, &self.holds(request.agent, request.digest, &clock));
        let Some(standing) = standing else {
            let said = |queue: &String| {
                let to_this = yeses.iter().filter(|yes| yes.digest == request.digest);
                to_this.filter(|yes| yes.given.queues.contains(queue)).map(|yes| yes.given.clone()).collect()
            };
            let by = request.life.pending().iter().map(|asked| said(&asked.need.queue)).collect();
            let (state, deadline) = (request.life.state(), request.life.deadline());
            return Stands { clock, standing: None, state, deadline, by };
        };

        let stored = request.life.state();
        let (state, reading) = match &standing.next {
            Next::Over(_) => (State::Expired, None),
            Next::Waits { until } => (State::Waiting, Some(*until)),
            Next::Met if stored == State::Approved => (State::Approved, request.life.deadline()),
            Next::Met | Next::Escalates { .. } => (State::Waiting, request.life.deadline()),
        };
        let frozen = state != State::Expired && self.stopped(request.agent).is_some();
        let by = request.life.pending().iter().zip(&standing.by).map(|(asked, people)| {
            let to_this = |yes: &&Given| people.contains(&yes.by) && yes.queues.contains(&asked.need.queue);
            standing.counted.iter().filter(to_this).cloned().collect()
        });
        let by = by.collect();
        let state = if frozen { State::Frozen } else { state };
        let deadline = reading.map(|reading| clock.when(reading));
        Stands { clock, standing: Some(standing), state, deadline, by }
    }

    /// The last yes of each, where none of theirs counts any more, and why.
    pub fn void<'a>(
        &self,
        request: Judged<'a>,
        yeses: &'a [Yes],
        stands: &Stands,
    ) -> impl Iterator<Item = (&'a Given, Void)> {
        let (epoch, counted) = (self.epoch(request.agent), stands.standing.as_ref().map(|standing| &standing.counted));
        let last = move |yes: &&Yes| {
            !yeses.iter().any(|later| later.given.by == yes.given.by && later.given.at > yes.given.at)
        };
        yeses.iter().filter(last).filter_map(move |yes| {
            // Who has said it again since is told of as one who did.
            if counted.is_some_and(|counted| counted.iter().any(|one| one.by == yes.given.by)) {
                return None;
            }
            if yes.digest != request.digest {
                return Some((&yes.given, Void::Changed));
            }
            if yes.epoch != epoch {
                return Some((&yes.given, Void::Stopped));
            }
            let may = |queue: &String| {
                let members = self.members.get(queue);
                members.and_then(|members| members.get(&yes.given.by)).is_some_and(|since| *since <= yes.given.at)
            };
            (!yes.given.queues.iter().any(may)).then_some((&yes.given, Void::Left))
        })
    }

    /// Why a yes to this would lead nowhere: a claim would be refused by what holds now, whatever is counted.
    pub fn why_in_vain(&self, stored: &Stored, now: DateTime<Utc>) -> Option<InVain> {
        let Some(ask) = &stored.ask else {
            let why = "What was asked was erased with its customer, so nobody can see what they would approve.";
            return Some(InVain::Whatever(why.to_owned()));
        };
        if let Some(why) = self.in_vain(stored.agent, &stored.action, stored.revision) {
            return Some(InVain::Whatever(why));
        }
        let known = self.agents.get(&stored.agent)?;
        let facts = Facts::default();
        let denied = denied_as_it_is(ask, &world(self, now, stored.agent, known, ask, &facts));
        let mut reasons = Vec::from_iter(denied);
        mask::mask_reasons(&mut reasons, self.masks(stored.agent));
        reasons.pop().map(|reason| InVain::AsItIs(format!("As it is, the rules deny it now. {}", reason.text)))
    }

    pub fn holds<'a>(&'a self, agent: AgentId, digest: &'a [u8], clock: &'a Clock) -> Holds<'a> {
        let retired = self.agents.get(&agent).is_some_and(|known| known.mode == Mode::Retired);
        Holds { digest, epoch: self.epoch(agent), retired, members: &self.members, as_one: &self.as_one, clock }
    }
}

impl Stands {
    /// A deadline in the database's time; of what is no longer open, as its clock read it.
    pub fn when(&self, reading: DateTime<Utc>) -> DateTime<Utc> {
        self.standing.as_ref().map_or(reading, |_| self.clock.when(reading))
    }

    /// The state that the job gives it; `None` where it stays as it is.
    pub fn passes(&self, life: &Life) -> Option<Life> {
        match life.stage() {
            Stage::Granted { until } => {
                let gone = until? + chrono::TimeDelta::seconds(domain::state::OUTCOME_SECONDS) <= self.clock.now();
                gone.then(|| life.ends(State::Unknown)).flatten()
            }
            _ => life.passes(self.standing.as_ref()?),
        }
    }
}
