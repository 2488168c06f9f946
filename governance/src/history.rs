//! A made-up past for a demonstration: what was asked, judged by the real rules, and what came of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    action::{ActionType, WordLists},
    agent::{Mode, Stopped, Tightening},
    agent_file::AgentFile,
    approval::{self, Given, Overdue},
    decision::{World, decide},
    digest,
    entry::Kind,
    facts::{BrandFacts, Facts},
    id::{AgentId, EntryId, PersonId, QueueId, RequestId, StopId, TighteningId},
    json::{self, hex},
    permission::PermissionSet,
    request::Ask,
    role::{Capability, Role},
    sentence,
    state::{CLAIM_SECONDS, GRANT_SECONDS, OUTCOME_SECONDS, State},
    view::{AgentLink, Me, StopView},
    window::{Usage, windows_for},
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{
    Actor, Asked, Conflict, CustomerFacts, Error, Feedback, Governance, Key, Outcome, Result,
    ask::entry_of_ask,
    db::{
        self,
        agents::{NewTightening, NewVersion},
        approvals::NewApproval,
        history::PastRequest,
        outcome::NewFeedback,
        requests::NewRequest,
    },
    record::{NewEntry, Who},
};

/// A shop from its first day; what lies after the database's clock has not happened yet.
pub struct History {
    pub founded_at: DateTime<Utc>,
    /// The first is an admin, in whose name the rules are published.
    pub people: Vec<PastPerson>,
    pub password: String,
    pub customers: Vec<CustomerFacts>,
    pub agents: Vec<PastAgent>,
    pub stops: Vec<PastStop>,
    pub tightenings: Vec<PastTightening>,
    pub sign_ins: Vec<(DateTime<Utc>, &'static str)>,
    /// The oldest first.
    pub requests: Vec<Past>,
}

pub struct PastPerson {
    pub email: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub queues: &'static [&'static str],
}

pub struct PastAgent {
    pub file: AgentFile,
    pub note: &'static str,
    pub published_at: DateTime<Utc>,
    /// The modes that it went through, and why.
    pub modes: Vec<(DateTime<Utc>, Mode, &'static str)>,
}

pub struct PastStop {
    pub agent: &'static str,
    pub by: &'static str,
    pub at: DateTime<Utc>,
    pub reason: &'static str,
    pub released_by: &'static str,
    pub released_at: DateTime<Utc>,
    pub release_reason: &'static str,
}

pub struct PastTightening {
    pub agent: &'static str,
    pub actions: BTreeSet<String>,
    pub by: &'static str,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub reason: &'static str,
}

/// One ask, and how it goes on as far as the decision lets it.
pub struct Past {
    pub agent: &'static str,
    pub at: DateTime<Utc>,
    pub ask: Ask,
    /// What people say when they are asked.
    pub answer: Answer,
    /// From the ask or the approval to the report.
    pub takes: TimeDelta,
    /// `None`: it never came.
    pub outcome: Option<Outcome>,
    pub later: Option<Later>,
    pub feedback: Option<(TimeDelta, Feedback)>,
}

pub enum Answer {
    Approve { after: TimeDelta, note: String },
    Reject { after: TimeDelta, reason: String },
    Nothing,
}

/// What people find afterwards.
pub enum Later {
    Settled {
        after: TimeDelta,
        by: &'static str,
        to: domain::state::Outcome,
        reason: &'static str,
    },
    RolledBack {
        after: TimeDelta,
        by: &'static str,
        reason: &'static str,
    },
    /// It was carried out although the answer was no.
    Breach {
        after: TimeDelta,
    },
}

/// Requests that are written at a time.
const CHUNK: usize = 500;

impl Governance {
    /// Writes what `tell` tells of the time up to now, all of it or nothing, and only where the data is made up.
    pub async fn write_history(&self, actor: &Actor, tell: impl FnOnce(DateTime<Utc>) -> History) -> Result<()> {
        self.allow(actor, Capability::Govern).await?;
        let mut tx = self.0.pages.begin().await?;
        let (_, _, demo) = db::control::describe_shop(&mut tx).await?;
        if !demo {
            return Err(Conflict::Other("only a demonstration has a made-up past".to_owned()).into());
        }
        if self.has_admin().await? {
            return Err(Conflict::Exists.into());
        }
        drop(tx);
        let now = self.control_now().await?.1;
        let history = tell(now);
        let hash = self.hash_password(&history.password).await?;

        tx = self.0.pages.begin().await?;
        db::control::lock_exclusive(&mut tx).await?;
        db::control::raise_revision(&mut tx).await?;
        db::history::make_partitions_since(&mut tx, history.founded_at.date_naive()).await?;
        let mut writer = Writer { now, shop: PastShop::default(), entries: Vec::new() };
        writer.found(&mut tx, &history, &hash).await?;
        writer.sort_and_write(&mut tx).await?;
        for part in history.requests.chunks(CHUNK) {
            writer.requests(&mut tx, part).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// What requests are judged by, as far as it was there at the time.
#[derive(Default)]
struct PastShop {
    people: HashMap<&'static str, PersonId>,
    queues: BTreeMap<String, Vec<PersonId>>,
    brand: HashMap<String, BrandFacts>,
    words: WordLists,
    actions: HashMap<String, ActionType>,
    agents: HashMap<String, Known>,
}

struct Known {
    link: AgentLink,
    permissions: PermissionSet,
    modes: Vec<(DateTime<Utc>, Mode)>,
    stops: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    tightenings: Vec<(DateTime<Utc>, Tightening)>,
    asked: Vec<Seen>,
    customers: HashMap<String, String>,
    succeeded: HashMap<(String, String), DateTime<Utc>>,
}

/// A request as later ones count it.
struct Seen {
    at: DateTime<Utc>,
    action: String,
    customer: Option<String>,
    amount: Option<domain::money::Money>,
    /// Until when it takes up room in a window; `None`: it still does.
    gone_at: Option<DateTime<Utc>>,
}

struct Writer {
    now: DateTime<Utc>,
    shop: PastShop,
    entries: Vec<(DateTime<Utc>, NewEntry)>,
}

/// An id that sorts where its time belongs.
fn id_at(at: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos()))
}

impl Writer {
    fn enter(&mut self, at: DateTime<Utc>, entry: NewEntry) {
        self.entries.push((at, NewEntry { id: EntryId(id_at(at)), ..entry }));
    }

    /// As the record would have been written: in the order of time.
    async fn sort_and_write(&mut self, connection: &mut PgConnection) -> Result<()> {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(|(at, _)| *at);
        db::history::append(connection, &entries).await
    }

    fn person(&self, email: &str) -> Result<PersonId> {
        self.shop.people.get(email).copied().ok_or(Error::NotFound)
    }

    async fn found(&mut self, connection: &mut PgConnection, history: &History, hash: &str) -> Result<()> {
        let founded = history.founded_at;
        let mut admin = None;
        for (place, person) in history.people.iter().enumerate() {
            let at = founded + TimeDelta::minutes(7 * place as i64);
            let me = Me {
                id: PersonId(id_at(at)),
                name: person.name.to_owned(),
                email: person.email.to_owned(),
                role: person.role,
            };
            db::people::insert(connection, &me, hash, at).await?;
            let who = admin.map_or(Who::System, Who::Person);
            let entry = NewEntry::new(Kind::PersonAdded, who).detail(json!({ "person": me.id, "role": me.role }));
            self.enter(at, entry.personal(json!({ "email": me.email, "name": me.name }))?);
            admin.get_or_insert(me.id);
            self.shop.people.insert(person.email, me.id);
        }
        let admin = admin.ok_or(Error::NotFound)?;

        for agent in &history.agents {
            self.found_agent(connection, agent, admin).await?;
        }
        for person in &history.people {
            for queue in person.queues {
                let id = self.person(person.email)?;
                if !db::queues::set_member(connection, queue, id, true).await? {
                    return Err(Error::NotFound);
                }
                self.shop.queues.entry((*queue).to_owned()).or_default().push(id);
                let detail = json!({ "queue": queue, "person": id, "member": true });
                let entry = NewEntry::new(Kind::QueueChanged, Who::Person(admin)).detail(detail);
                self.enter(founded + TimeDelta::hours(3), entry);
            }
        }
        db::pages::put_customers(connection, &history.customers, self.now).await?;
        self.shop.brand = history.customers.iter().map(|c| (c.id.clone(), c.facts.clone())).collect();
        let detail = json!({ "customers": history.customers.len() });
        self.enter(self.now, NewEntry::new(Kind::CustomersSynced, Who::Person(admin)).detail(detail));
        for stop in &history.stops {
            self.stop(connection, stop).await?;
        }
        for tightening in &history.tightenings {
            self.tighten(connection, tightening).await?;
        }
        for (at, email) in &history.sign_ins {
            let entry = NewEntry::new(Kind::SignedIn, Who::Person(self.person(email)?));
            self.enter(*at, entry.detail(json!({ "source": "10.20.0.14" })));
        }
        Ok(())
    }

    async fn found_agent(&mut self, connection: &mut PgConnection, new: &PastAgent, admin: PersonId) -> Result<()> {
        let (file, at) = (&new.file, new.published_at);
        let faults = file.faults();
        if !faults.is_empty() {
            return Err(Error::Invalid(faults.join("; ")));
        }
        let id = AgentId(id_at(at));
        db::agents::insert(connection, id, &file.agent, at).await?;
        self.put_catalog(connection, file).await?;
        let version = NewVersion { agent: id, version: 1, permissions: &file.permissions, by: admin, note: new.note };
        db::agents::publish(connection, &version, at).await?;
        let detail = json!({ "version": 1, "note": new.note });
        self.enter(at, NewEntry::new(Kind::Published, Who::Person(admin)).agent(id).detail(detail));

        let mut before = Mode::Draft;
        for (at, mode, reason) in &new.modes {
            db::agents::set_mode(connection, id, *mode, *at).await?;
            let entry = NewEntry::new(Kind::ModeChanged, Who::Person(admin)).agent(id);
            let entry = entry.detail(json!({ "from": before, "to": mode })).personal(json!({ "reason": reason }))?;
            self.enter(*at, entry);
            before = *mode;
        }
        let known = Known {
            link: AgentLink { id, slug: file.agent.slug.clone(), name: file.agent.name.clone() },
            permissions: file.permissions.clone(),
            modes: new.modes.iter().map(|(at, mode, _)| (*at, *mode)).collect(),
            stops: Vec::new(),
            tightenings: Vec::new(),
            asked: Vec::new(),
            customers: HashMap::new(),
            succeeded: HashMap::new(),
        };
        self.shop.agents.insert(file.agent.slug.clone(), known);
        Ok(())
    }

    async fn put_catalog(&mut self, connection: &mut PgConnection, file: &AgentFile) -> Result<()> {
        for queue in &file.queues {
            if !db::queues::exists(connection, &queue.slug).await? {
                db::queues::insert(connection, QueueId(Uuid::now_v7()), &queue.slug, &queue.name).await?;
            }
        }
        for integration in &file.integrations {
            db::agents::put_integration(connection, integration).await?;
        }
        for set in &file.data_sets {
            db::agents::put_data_set(connection, set).await?;
        }
        for (topic, words) in &file.word_lists {
            db::agents::put_words(connection, topic, words).await?;
            self.shop.words.insert(topic.clone(), words.clone());
        }
        for action in &file.actions {
            db::agents::add_action(connection, 1, action).await?;
            self.shop.actions.insert(action.name.clone(), action.clone());
        }
        let data_read = ActionType::data_read();
        self.shop.actions.insert(data_read.name.clone(), data_read);
        Ok(())
    }

    async fn stop(&mut self, connection: &mut PgConnection, stop: &PastStop) -> Result<()> {
        let (by, released_by) = (self.person(stop.by)?, self.person(stop.released_by)?);
        let known = self.shop.agents.get_mut(stop.agent).ok_or(Error::NotFound)?;
        known.stops.push((stop.at, stop.released_at));
        let agent = known.link.clone();
        let (id, reason) = (StopId(id_at(stop.at)), stop.reason.to_owned());
        let view = StopView { id, agent: Some(agent.clone()), by: String::new(), at: stop.at, reason };
        db::stops::insert(connection, &view, Some(by)).await?;
        db::stops::raise_epoch(connection, Some(agent.id)).await?;
        let (at, reason) = (stop.released_at, stop.release_reason);
        db::stops::release(connection, Some(agent.id), Some(released_by), at, reason).await?;

        let detail = json!({ "stop": id, "everything": false });
        let entry = NewEntry::new(Kind::Stopped, Who::Person(by)).agent(agent.id).detail(detail.clone());
        self.enter(stop.at, entry.personal(json!({ "reason": stop.reason }))?);
        let entry = NewEntry::new(Kind::Released, Who::Person(released_by)).agent(agent.id).detail(detail);
        self.enter(at, entry.personal(json!({ "reason": reason }))?);
        Ok(())
    }

    async fn tighten(&mut self, connection: &mut PgConnection, new: &PastTightening) -> Result<()> {
        let by = self.person(new.by)?;
        let known = self.shop.agents.get_mut(new.agent).ok_or(Error::NotFound)?;
        let (id, agent, until) = (TighteningId(id_at(new.at)), known.link.id, Some(new.until));
        let (actions, reason) = (new.actions.clone(), new.reason.to_owned());
        known.tightenings.push((new.at, Tightening { id, actions, reason, until }));
        let row = NewTightening { id, agent, actions: &new.actions, reason: new.reason, until, by };
        db::agents::add_tightening(connection, &row, new.at).await?;
        let detail = json!({ "tightening": id, "actions": new.actions, "until": until });
        let entry = NewEntry::new(Kind::TighteningAdded, Who::Person(by)).agent(agent).detail(detail);
        self.enter(new.at, entry.personal(json!({ "reason": new.reason }))?);
        Ok(())
    }

    async fn requests(&mut self, connection: &mut PgConnection, part: &[Past]) -> Result<()> {
        let mut written = Vec::with_capacity(part.len());
        let (mut votes, mut breaches, mut feedback) = (Vec::new(), Vec::new(), Vec::new());
        let now = self.now;
        for past in part.iter().filter(|past| past.at < now) {
            let mut life = self.judge(past)?;
            self.live(past, &mut life)?;
            self.remember(past, &life)?;
            votes.extend(
                life.given
                    .iter()
                    .map(|given| (life.request.new.id, life.request.new.digest, life.epoch, given.clone())),
            );
            breaches.extend(life.breach.take());
            if let Some((after, words)) = &past.feedback
                && life.request.state == State::Succeeded
                && life.request.changed_at + *after < self.now
            {
                feedback.push((
                    life.request.new.id,
                    life.agent,
                    life.request.changed_at + *after,
                    past.ask.customer_id(),
                    words,
                ));
            }
            written.push(life.request);
        }

        db::history::insert_requests(connection, &written).await?;
        for (request, digest, epoch, given) in &votes {
            let new = NewApproval { request: *request, digest, epoch: *epoch, given };
            db::approvals::insert(connection, &new).await?;
        }
        for (entry, request, agent, at, detail) in &breaches {
            db::outcome::add_breach(connection, *entry, *request, *agent, *at, detail).await?;
        }
        for (request, agent, at, customer, words) in feedback {
            let customer = customer.map(str::to_owned);
            let row = NewFeedback { id: id_at(at), request, agent, customer, from_agent: false, at };
            db::outcome::add_feedback(connection, &row, words).await?;
            let detail = json!({ "kind": words.kind, "score": words.score, "from_agent": false });
            let entry = NewEntry::new(Kind::Feedback, Who::Agent(agent)).agent(agent).request(request).detail(detail);
            self.enter(at, entry.personal(json!({ "note": words.note }))?);
        }
        self.sort_and_write(connection).await
    }

    /// Asks, with what was known then.
    fn judge(&mut self, past: &Past) -> Result<Life> {
        let (at, ask) = (past.at, &past.ask);
        let known = self.shop.agents.get(past.agent).ok_or(Error::NotFound)?;
        let agent = known.link.id;
        let action = self.shop.actions.get(&ask.action);
        let facts = self.shop.facts(known, past, action);
        let tightenings: Vec<_> =
            known.tightenings.iter().filter(|(since, _)| *since <= at).map(|(_, t)| t.clone()).collect();
        let world = World {
            agent,
            mode: known.modes.iter().rfind(|(since, _)| *since <= at).map_or(Mode::Draft, |(_, mode)| *mode),
            stopped: known.stops.iter().any(|(from, to)| (*from..*to).contains(&at)).then_some(Stopped::ThisAgent),
            action,
            permissions: Some(&known.permissions),
            tightenings: &tightenings,
            breaker_open: false,
            words: &self.shop.words,
            facts: &facts,
            now: at,
        };
        let id = RequestId(id_at(at));
        let answer = Asked::new(id, decide(ask, &world), Some(1), at);

        let body = ask.clone().recorded(known.permissions.audit_logging.record);
        let key = Key { hash: Vec::new(), prefix: "reins_3f9a71c0".to_owned() };
        let revision = action.map(|_| 1);
        let entry = NewEntry { id: EntryId(id_at(at)), ..entry_of_ask(&answer, agent, &key, &body, revision)? };
        let new = NewRequest {
            id,
            agent,
            idempotency_key: id.to_string(),
            body_digest: json::digest(ask)?,
            action: ask.action.clone(),
            revision,
            customer: ask.customer_id().map(str::to_owned),
            trigger: ask.trigger.clone(),
            template: ask.template.clone(),
            amount: action.and_then(|action| action.amount_in(&ask.arguments)),
            digest: digest::of_request(id, agent, revision.unwrap_or_default(), &body)?,
            body_entry: entry.id,
            sentence: action.map_or_else(|| sentence::visible(&ask.action), |action| sentence::effect(ask, action)),
            deadline: answer.deadline(at),
            answer: answer.clone(),
        };
        let epoch = known.stops.iter().filter(|(from, _)| *from <= at).count() as i64;
        let needs_outcome = action.is_none_or(|action| action.effect.needs_outcome());
        self.entries.push((at, entry));
        let request = PastRequest {
            asked_at: at,
            state: answer.state,
            changed_at: at,
            pending: answer.approvals,
            approved_epoch: None,
            claim_key: None,
            outcome: None,
            new,
        };
        Ok(Life { request, agent, epoch, needs_outcome, given: Vec::new(), breach: None })
    }

    /// People decide, the agent claims and reports; nothing happens later than now.
    fn live(&mut self, past: &Past, life: &mut Life) -> Result<()> {
        if life.request.state == State::Waiting {
            self.decide(past, life)?;
        }
        if life.request.state == State::Granted {
            self.report(past, life)?;
        }
        let Some(later) = &past.later else { return Ok(()) };
        let (at, by, kind, to, detail, reason) = match later {
            Later::Settled { after, by, to, reason } if life.request.state == State::Unknown => {
                (*after, *by, Kind::Settled, to.state(), json!({ "status": to }), *reason)
            }
            Later::RolledBack { after, by, reason } if life.request.state == State::Succeeded => {
                (*after, *by, Kind::RolledBack, State::RolledBack, json!({}), *reason)
            }
            Later::Breach { after } => return self.breach(past, life, life.request.changed_at + *after),
            _ => return Ok(()),
        };
        let at = life.request.changed_at + at;
        if at < self.now {
            let entry = life.entry(kind, Who::Person(self.person(by)?)).detail(detail);
            self.enter(at, entry.personal(json!({ "reason": reason }))?);
            life.become_at(to, at, None);
        }
        Ok(())
    }

    fn decide(&mut self, past: &Past, life: &mut Life) -> Result<()> {
        let mut at = match &past.answer {
            Answer::Approve { after, .. } | Answer::Reject { after, .. } => Some(past.at + *after),
            Answer::Nothing => None,
        };
        while let Some(deadline) =
            life.request.new.deadline.filter(|end| *end < self.now && at.is_none_or(|at| *end <= at))
        {
            match approval::overdue(&life.request.pending, &[], deadline) {
                Some(Overdue::Escalated(next)) => {
                    let queues: Vec<_> = next.iter().map(|pending| pending.need.queue.clone()).collect();
                    self.enter(deadline, life.entry(Kind::Escalated, Who::System).detail(json!({ "to": queues })));
                    life.become_at(State::Waiting, deadline, approval::deadline(&next));
                    life.request.pending = next;
                    at = at.map(|at| at.max(deadline + TimeDelta::minutes(11)));
                }
                Some(Overdue::Expired) | None => {
                    self.enter(deadline, life.entry(Kind::Expired, Who::System));
                    life.become_at(State::Expired, deadline, None);
                    return Ok(());
                }
            }
        }
        let Some(at) = at.filter(|at| *at < self.now) else { return Ok(()) };
        match &past.answer {
            Answer::Reject { reason, .. } => {
                let Some((by, queues)) = self.chosen(past, life).into_iter().next() else { return Ok(()) };
                let entry = life.entry(Kind::Rejected, Who::Person(by)).detail(life.detail(&queues));
                self.enter(at, entry.personal(json!({ "reason": reason }))?);
                life.become_at(State::Rejected, at, None);
            }
            Answer::Approve { note, .. } => self.approve(past, life, at, note)?,
            Answer::Nothing => {}
        }
        Ok(())
    }

    fn approve(&mut self, past: &Past, life: &mut Life, mut at: DateTime<Utc>, note: &str) -> Result<()> {
        let chosen = self.chosen(past, life);
        for (place, (by, queues)) in chosen.into_iter().enumerate() {
            at = if place == 0 { at } else { at + TimeDelta::minutes(9) };
            if at >= self.now {
                return Ok(());
            }
            let note = if place == 0 { note.to_owned() } else { String::new() };
            let entry = life.entry(Kind::Approved, Who::Person(by)).detail(life.detail(&queues));
            self.enter(at, entry.personal(json!({ "note": note }))?);
            life.given.push(Given { by, queues, at, note });
        }
        let needs: Vec<_> = life.request.pending.iter().map(|pending| pending.need.clone()).collect();
        if !approval::are_met(&needs, &life.given) {
            return Ok(());
        }
        life.become_at(State::Approved, at, Some(at + TimeDelta::seconds(CLAIM_SECONDS)));
        life.request.approved_epoch = Some(life.epoch);

        let claimed = (at + TimeDelta::seconds(20)).min(self.now);
        let before = claimed + TimeDelta::seconds(GRANT_SECONDS);
        let who = Who::Agent(life.agent);
        self.enter(claimed, life.entry(Kind::Claimed, who).detail(json!({ "execute_before": before })));
        life.become_at(State::Granted, claimed, Some(before));
        life.request.claim_key = Some(format!("claim-{}", life.request.new.id));
        Ok(())
    }

    /// As many members as are needed, in turn, with the queues that their word counts for.
    fn chosen(&self, past: &Past, life: &Life) -> Vec<(PersonId, BTreeSet<String>)> {
        let mut people: Vec<PersonId> = Vec::new();
        let turn = usize::try_from(past.at.timestamp() / 60).unwrap_or_default();
        for pending in &life.request.pending {
            let members = self.shop.queues.get(&pending.need.queue).map(Vec::as_slice).unwrap_or_default();
            for place in 0..(pending.need.needed as usize).min(members.len()) {
                let member = members[(turn + place) % members.len()];
                if !people.contains(&member) {
                    people.push(member);
                }
            }
        }
        let queues = |person: &PersonId| {
            let mine = |queue: &&String| self.shop.queues.get(*queue).is_some_and(|members| members.contains(person));
            life.request.pending.iter().map(|pending| &pending.need.queue).filter(mine).cloned().collect()
        };
        people.into_iter().map(|person| (person, queues(&person))).collect()
    }

    fn report(&mut self, past: &Past, life: &mut Life) -> Result<()> {
        let granted = life.request.changed_at;
        let Some(outcome) = &past.outcome else {
            let end = granted + TimeDelta::seconds(GRANT_SECONDS + OUTCOME_SECONDS);
            if life.needs_outcome && end < self.now {
                self.enter(end, life.entry(Kind::OutcomeUnknown, Who::System));
                life.become_at(State::Unknown, end, None);
            }
            return Ok(());
        };
        let at = (granted + past.takes).min(self.now);
        let body = json!({ "status": outcome.status, "reference": outcome.reference, "detail": outcome.detail });
        let entry = life.entry(Kind::Reported, Who::Agent(life.agent));
        let entry = entry.detail(json!({ "status": outcome.status, "cost": outcome.cost })).personal(body)?;
        self.enter(at, entry);
        life.become_at(outcome.status.state(), at, None);
        life.request.outcome = Some(serde_json::to_value(outcome)?);
        Ok(())
    }

    fn breach(&mut self, past: &Past, life: &mut Life, at: DateTime<Utc>) -> Result<()> {
        let Some(outcome) = &past.outcome else { return Ok(()) };
        let body = json!({ "status": outcome.status, "reference": outcome.reference, "detail": outcome.detail });
        let detail = json!({ "because": "without a grant", "state": life.request.state });
        let entry = life.entry(Kind::Breach, Who::Agent(life.agent)).detail(detail).personal(body)?;
        let words = format!("reported {} without a grant", outcome.status.state().name());
        let entry = NewEntry { id: EntryId(id_at(at)), ..entry };
        life.breach = Some((entry.id, life.request.new.id, life.agent, at, words));
        self.entries.push((at, entry));
        Ok(())
    }

    /// What later requests know of this one.
    fn remember(&mut self, past: &Past, life: &Life) -> Result<()> {
        let known = self.shop.agents.get_mut(past.agent).ok_or(Error::NotFound)?;
        let request = &life.request;
        let asked = request.new.answer.state;
        if asked.counts_in_windows() {
            known.asked.push(Seen {
                at: past.at,
                action: past.ask.action.clone(),
                customer: request.new.customer.clone(),
                amount: request.new.amount,
                gone_at: (!request.state.counts_in_windows()).then_some(request.changed_at),
            });
        }
        if let (Some(trigger), Some(customer)) = (&past.ask.trigger, &request.new.customer) {
            known.customers.insert(trigger.clone(), customer.clone());
        }
        if let (State::Succeeded, Some(template)) = (request.state, &past.ask.template) {
            let first =
                known.succeeded.entry((past.ask.action.clone(), template.clone())).or_insert(request.changed_at);
            *first = (*first).min(request.changed_at);
        }
        Ok(())
    }
}

impl PastShop {
    fn facts(&self, known: &Known, past: &Past, action: Option<&ActionType>) -> Facts {
        let (ask, at) = (&past.ask, past.at);
        let windows =
            action.map(|action| windows_for(known.link.id, ask, action, &known.permissions)).unwrap_or_default();
        let counted = windows.into_iter().map(|window| {
            let since = at - TimeDelta::seconds(i64::from(window.within_s));
            let mut usage = Usage::default();
            for seen in known.asked.iter().rev().take_while(|seen| seen.at > since) {
                let here = window.customer.is_none() || window.customer == seen.customer;
                if here && window.actions.contains(&seen.action) && seen.gone_at.is_none_or(|gone| gone > at) {
                    usage.add(seen.amount);
                }
            }
            (window, usage)
        });
        let customer = ask.customer_id();
        let served = ask.trigger.as_ref().and_then(|trigger| known.customers.get(trigger));
        let kind = ask.template.clone().map(|template| (ask.action.clone(), template));
        Facts {
            brand: customer.and_then(|id| self.brand.get(id)).cloned().unwrap_or_default(),
            recorded_complaints: 0,
            other_customer_under_trigger: served.is_some_and(|id| Some(id.as_str()) != customer),
            kind_has_succeeded: kind.is_some_and(|kind| known.succeeded.get(&kind).is_some_and(|first| *first < at)),
            windows: counted.collect(),
        }
    }
}

/// One request on its way from the ask to now.
struct Life {
    request: PastRequest,
    agent: AgentId,
    epoch: i64,
    needs_outcome: bool,
    given: Vec<Given>,
    breach: Option<(EntryId, RequestId, AgentId, DateTime<Utc>, String)>,
}

impl Life {
    fn entry(&self, kind: Kind, who: Who) -> NewEntry {
        NewEntry::new(kind, who).agent(self.agent).request(self.request.new.id).action(&self.request.new.action)
    }

    fn detail(&self, queues: &BTreeSet<String>) -> serde_json::Value {
        json!({ "digest": hex(&self.request.new.digest), "queues": queues })
    }

    fn become_at(&mut self, state: State, at: DateTime<Utc>, deadline: Option<DateTime<Utc>>) {
        self.request.state = state;
        self.request.changed_at = at;
        self.request.new.deadline = deadline;
    }
}
