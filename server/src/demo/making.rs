//! Makes a past by the operations that make the present, with the clock moved from one event to the next.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use domain::{
    authoring::statement::keys,
    id::RequestId,
    state::{CLAIM_SECONDS, GRANT_SECONDS, OUTCOME_SECONDS, State},
    view::{KeyKind, RequestView},
};
use futures::future::try_join_all;
use governance::{Actor, AgentError, Asked, Conflict, Error, Governance, Key, MadeUp, SignIn};

use super::{
    agent::LABEL,
    plan::{Event, Plan},
    shop::{BRAND, PASSWORD, TIME_ZONE},
    story::{Answer, Later, Past, Story},
};
use crate::serve::{Fault, say};

/// What came of what was done at once.
enum Done {
    Asked(Asked),
    Reported(State),
    Nothing,
}

struct Making<'a> {
    governance: &'a Governance,
    story: &'a Story,
    at: DateTime<Utc>,
    plan: Plan,
    people: HashMap<&'static str, Actor>,
    /// Of each agent: its own, and its hook's.
    keys: HashMap<&'static str, (Key, Key)>,
    /// Requests of which something becomes by itself if nobody does anything.
    open: BTreeSet<RequestId>,
}

/// Makes all of the story that lies before `until`.
pub async fn make(
    governance: &Governance,
    clock: &mut MadeUp,
    story: &Story,
    until: DateTime<Utc>,
) -> Result<(), Fault> {
    let mut making = Making {
        governance,
        story,
        at: story.founded_at,
        plan: Plan::of(story, until),
        people: HashMap::new(),
        keys: HashMap::new(),
        open: BTreeSet::new(),
    };
    clock.set_clock(story.founded_at).await?;
    let mut month = 0;
    while let Some((at, events)) = making.plan.next() {
        if at > making.at {
            making.at = at;
            clock.set_clock(at).await?;
        }
        if at.month() != month {
            month = at.month();
            say(&format!("  {} ...", at.format("%B %Y")));
        }
        let done = try_join_all(events.iter().map(|event| making.happen_at_once(event))).await?;
        for (event, done) in events.into_iter().zip(done) {
            making.happen_after(event, done).await?;
        }
    }
    Ok(())
}

impl Making<'_> {
    fn put(&mut self, at: DateTime<Utc>, event: Event) {
        self.plan.put(at, event);
    }

    fn put_after(&mut self, seconds: i64, event: Event) {
        self.put(self.at + TimeDelta::seconds(seconds), event);
    }

    /// What agents and people do without looking at each other.
    async fn happen_at_once(&self, event: &Event) -> Result<Done, Fault> {
        let (governance, story) = (self.governance, self.story);
        match event {
            Event::Asks(place) => {
                let past = &story.requests[*place];
                let (key, name) = (&self.keys(past)?.0, format!("ask {place}"));
                Ok(Done::Asked(governance.ask(key, &name, past.ask.clone()).await?))
            }
            Event::Reports(place, id, token) => {
                let past = &story.requests[*place];
                let outcome = past.outcome.as_ref().ok_or("nothing is reported of an outcome that never comes")?;
                let reported = governance.report(&self.keys(past)?.0, *id, Some(token), outcome);
                Ok(Done::Reported(reported.await?.state))
            }
            Event::SignsIn(place) => {
                let (_, email) = story.sign_ins[*place];
                let desk = story.people.iter().position(|person| person.email == email).unwrap_or_default();
                match governance.sign_in(email, PASSWORD, &format!("10.20.0.{}", 14 + desk), None).await? {
                    SignIn::Welcome(_) => Ok(Done::Nothing),
                    _ => Err("somebody of the demonstration cannot sign in".into()),
                }
            }
            _ => Ok(Done::Nothing),
        }
    }

    /// What follows from that, and what happens by itself alone.
    async fn happen_after(&mut self, event: Event, done: Done) -> Result<(), Fault> {
        let (governance, story) = (self.governance, self.story);
        match event {
            Event::Opens => self.open().await?,
            Event::ListsCustomers => governance.sync_customers(self.admin()?, &story.customers).await?,
            Event::Begins(place) => self.begin(place).await?,
            Event::Moves(place, step) => {
                let agent = &story.agents[place];
                let (_, mode, reason) = agent.modes[step];
                governance.set_mode(self.admin()?, &agent.file.agent.slug, mode, reason).await?;
            }
            Event::SignsIn(_) => {}
            Event::Stops(place) => {
                let stop = &story.stops[place];
                let view = governance.stop(self.person(stop.by)?, Some(stop.agent), stop.reason).await?;
                self.put(stop.released_at, Event::Releases(place, view.id, view.said));
            }
            Event::Releases(place, id, said) => {
                let stop = &story.stops[place];
                governance.release(self.person(stop.released_by)?, id, said, stop.release_reason).await?;
            }
            Event::Tightens(place) => {
                let new = &story.tightenings[place];
                let (by, lasts) = (self.person(new.by)?, Some(new.until - new.at));
                governance.tighten(by, new.agent, new.actions.clone(), new.reason, lasts).await?;
            }
            Event::Asks(place) => {
                if let Done::Asked(asked) = done {
                    self.asked(place, asked);
                }
            }
            Event::Decides(place, id) => self.decide(place, id).await?,
            Event::Claims(place, id) => self.claim(place, id).await?,
            Event::Reports(place, id, _) => {
                if let Done::Reported(State::Succeeded) = done {
                    self.succeeded(place, id);
                }
            }
            Event::Follows(place, id) => {
                let past = &story.requests[place];
                if let Some((_, feedback)) = &past.feedback {
                    governance.give_feedback(&self.keys(past)?.1, None, id, feedback).await?;
                }
            }
            Event::Finds(place, id) => self.find(place, id).await?,
            Event::Passes(place, id) => self.pass(place, id).await?,
            Event::MakesRoom => {
                governance.make_room().await?;
            }
        }
        Ok(())
    }

    fn person(&self, email: &str) -> Result<&Actor, Fault> {
        self.people.get(email).ok_or_else(|| format!("nobody in the demonstration is `{email}`").into())
    }

    fn admin(&self) -> Result<&Actor, Fault> {
        self.person(self.story.people.first().ok_or("the demonstration has no people")?.email)
    }

    fn keys(&self, past: &Past) -> Result<&(Key, Key), Fault> {
        self.keys.get(past.agent).ok_or_else(|| format!("`{}` asks before it has begun", past.agent).into())
    }

    /// The shop, its people, and who decides what.
    async fn open(&mut self) -> Result<(), Fault> {
        let governance = self.governance;
        governance.describe_shop(&Actor::System, BRAND, TIME_ZONE).await?;
        for person in &self.story.people {
            let id = match self.admin() {
                Err(_) => governance.add_first_admin(person.email, person.name, PASSWORD).await?,
                Ok(admin) => governance.add_person(admin, person.email, person.name, person.role, PASSWORD).await?.0,
            };
            let me = governance.person(id).await?.ok_or("a person of the demonstration is gone")?;
            self.people.insert(person.email, Actor::Person(me));
        }
        let queues = self.story.agents.iter().flat_map(|agent| &agent.file.queues);
        for queue in queues.map(|queue| (&queue.slug, &queue.name)).collect::<BTreeMap<_, _>>() {
            governance.add_queue(self.admin()?, queue.0, queue.1).await?;
        }
        for person in &self.story.people {
            let id = self.person(person.email)?.person()?.id;
            for queue in person.queues {
                governance.add_member(self.admin()?, queue, id).await?;
            }
        }
        Ok(())
    }

    async fn begin(&mut self, place: usize) -> Result<(), Fault> {
        let (governance, admin) = (self.governance, self.admin()?);
        let agent = &self.story.agents[place];
        let slug = &*agent.file.agent.slug;
        let shown = governance.apply(admin, &agent.file, agent.note, &[], true).await?;
        governance.apply(admin, &agent.file, agent.note, &keys(&shown.to_accept()), false).await?;
        let key = async |kind| {
            let new = governance.create_key(admin, slug, kind, LABEL).await?;
            Key::read(&new.secret).ok_or_else(|| Fault::from("a new key cannot be read"))
        };
        let keys = (key(KeyKind::Agent).await?, key(KeyKind::Hook).await?);
        if let Some(past) = self.story.requests.iter().find(|past| past.agent == slug) {
            self.keys.insert(past.agent, keys);
        }
        Ok(())
    }

    fn asked(&mut self, place: usize, asked: Asked) {
        let past = &self.story.requests[place];
        let Asked { id, state, grant, approvals, .. } = asked;
        if let Some(grant) = grant {
            self.granted(place, id, grant.token);
        }
        if state == State::Waiting {
            self.open.insert(id);
            if let Some(until) = approvals.iter().map(|asked| asked.expires_at).min() {
                self.put(until + TimeDelta::seconds(1), Event::Passes(place, id));
            }
            match past.answer {
                Answer::Approve { after, .. } | Answer::Reject { after, .. } => {
                    self.put(self.at + after, Event::Decides(place, id));
                }
                Answer::Nothing => {}
            }
        }
    }

    fn granted(&mut self, place: usize, id: RequestId, token: String) {
        let past = &self.story.requests[place];
        if past.outcome.is_some() {
            self.put(self.at + past.takes, Event::Reports(place, id, token));
            return;
        }
        self.open.insert(id);
        let over = GRANT_SECONDS + OUTCOME_SECONDS + 2;
        self.put_after(over, Event::Passes(place, id));
        if let Some(Later::Settled { after, .. }) = past.later {
            self.put_after(over + after.num_seconds(), Event::Finds(place, id));
        }
    }

    /// Somebody looks at it and says what the story has them say.
    async fn decide(&mut self, place: usize, id: RequestId) -> Result<(), Fault> {
        let past = &self.story.requests[place];
        let seen = self.governance.request(self.admin()?, id).await?;
        if seen.row.state == State::Frozen {
            self.put_after(1800, Event::Decides(place, id));
            return Ok(());
        }
        let Some(who) = self.next_to_decide(past, &seen).filter(|_| seen.row.state == State::Waiting) else {
            return Ok(());
        };
        let who = self.person(who)?;
        match &past.answer {
            Answer::Reject { reason, .. } => {
                let rejected = self.governance.reject(who, id, &seen.digest, reason).await;
                if is_done(rejected)? {
                    self.open.remove(&id);
                    if let Some(Later::Breach { after }) = past.later {
                        self.put(self.at + after, Event::Finds(place, id));
                    }
                }
            }
            Answer::Approve { note, .. } => {
                let is_first = seen.needs.iter().all(|need| need.given.is_empty());
                let note = if is_first { note } else { "" };
                if is_done(self.governance.approve(who, id, &seen.digest, note).await)? {
                    match self.governance.follow(&self.keys(past)?.0, id).await?.state {
                        State::Approved => self.put_after(20, Event::Claims(place, id)),
                        _ => self.put_after(540, Event::Decides(place, id)),
                    }
                }
            }
            Answer::Nothing => {}
        }
        Ok(())
    }

    /// Of the people that it takes, in turn, the first who has said nothing yet.
    fn next_to_decide(&self, past: &Past, seen: &RequestView) -> Option<&'static str> {
        let turn = usize::try_from(past.at.timestamp() / 60).unwrap_or_default();
        let said: BTreeSet<_> = seen.needs.iter().flat_map(|need| &need.given).map(|yes| yes.given.by).collect();
        seen.needs.iter().find_map(|need| {
            let here = self.story.people.iter().filter(|person| person.queues.contains(&&*need.queue));
            let members: Vec<_> = here.map(|person| person.email).collect();
            let missing = need.given.len() < need.needed as usize;
            let mut in_turn = (0..members.len()).map(|place| members[(turn + place) % members.len()]);
            in_turn.find(|email| {
                let id = self.person(email).ok().and_then(|who| who.person().ok()).map(|me| me.id);
                missing && id.is_some_and(|id| !said.contains(&id))
            })
        })
    }

    async fn claim(&mut self, place: usize, id: RequestId) -> Result<(), Fault> {
        let past = &self.story.requests[place];
        match self.governance.claim(&self.keys(past)?.0, &format!("claim {place}"), id).await {
            Ok(claimed) => {
                self.open.remove(&id);
                self.granted(place, id, claimed.grant.token);
            }
            Err(AgentError::Unavailable) => return Err(AgentError::Unavailable.into()),
            // The rules say otherwise by now: it is over when its time is.
            Err(_) => self.put_after(CLAIM_SECONDS, Event::Passes(place, id)),
        }
        Ok(())
    }

    fn succeeded(&mut self, place: usize, id: RequestId) {
        let past = &self.story.requests[place];
        if let Some((after, _)) = past.feedback {
            self.put(self.at + after, Event::Follows(place, id));
        }
        if let Some(Later::RolledBack { after, .. }) = past.later {
            self.put(self.at + after, Event::Finds(place, id));
        }
    }

    async fn find(&mut self, place: usize, id: RequestId) -> Result<(), Fault> {
        let past = &self.story.requests[place];
        match &past.later {
            Some(Later::Settled { by, to, reason, .. }) => {
                self.governance.settle(self.person(by)?, id, *to, reason).await?;
            }
            Some(Later::RolledBack { by, reason, .. }) => {
                self.governance.roll_back(self.person(by)?, id, reason).await?;
            }
            Some(Later::Breach { .. }) => {
                let Some(outcome) = &past.outcome else { return Ok(()) };
                match self.governance.report(&self.keys(past)?.0, id, None, outcome).await {
                    Err(AgentError::NoGrant(_)) => {}
                    Err(error) => return Err(error.into()),
                    Ok(_) => return Err("an outcome without a grant was taken".into()),
                }
            }
            None => {}
        }
        Ok(())
    }

    /// Does what happens by itself, and looks again at what still has time.
    async fn pass(&mut self, place: usize, id: RequestId) -> Result<(), Fault> {
        if !self.open.contains(&id) {
            return Ok(());
        }
        self.governance.pass_deadlines().await?;
        let followed = self.governance.follow(&self.keys(&self.story.requests[place])?.0, id).await?;
        if matches!(followed.state, State::Waiting | State::Frozen | State::Approved) {
            let again = followed.deadline.filter(|until| *until > self.at).unwrap_or(self.at + TimeDelta::minutes(10));
            self.put(again + TimeDelta::seconds(1), Event::Passes(place, id));
        } else {
            self.open.remove(&id);
        }
        Ok(())
    }
}

/// Whether somebody's word was taken; where things have changed meanwhile, it was not.
fn is_done(said: governance::Result<()>) -> Result<bool, Fault> {
    match said {
        Ok(()) => Ok(true),
        Err(Error::Conflict(Conflict::AlreadyDecided { .. } | Conflict::Escalates | Conflict::InVain(_))) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
