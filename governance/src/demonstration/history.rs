//! A made-up past for a demonstration: what was asked, judged by the real rules, and what came of it.

mod lives;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    action::ActionType,
    agent::{Mode, Stopped, Tightening},
    agent_file::AgentFile,
    approval::Given,
    as_one::AsOne,
    clock::Clock,
    decision::{Prepared, World, decide},
    digest,
    entry::{
        By, CustomersSynced, Detail, ModeChanged, Name, Nothing, OfStop, PersonAdded, Published, QueueChanged,
        Released, TighteningAdded,
    },
    facts::{BrandFacts, Facts, Words},
    fault::Fault,
    id::{AgentId, EntryId, PersonId, QueueId, RequestId, StopId, TighteningId},
    json::{self, hex},
    phase::Move,
    request::Ask,
    role::{Capability, Role},
    sentence,
    sentence::Names,
    standing::{Holds, Members, Next, Silence, are_met, standing},
    state::{CLAIM_SECONDS, GRANT_SECONDS, OUTCOME_SECONDS, State},
    view::{AgentLink, Me, StopView},
    window::{Usage, windows_for},
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{
    Actor, Asked, Conflict, CustomerFacts, Error, Feedback, Governance, Key, Outcome, Result,
    asking::ask::entry_of_ask,
    db::{
        self, agents::NewTightening, approvals::NewApproval, history::PastRequest, outcome::NewFeedback,
        requests::NewRequest, versions::NewVersion,
    },
    entry::NewEntry,
    permit::Permit,
};
use lives::{by, id_at};

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
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
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

        tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
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
    words: Words,
    names: Names,
    actions: HashMap<String, ActionType>,
    agents: HashMap<String, Known>,
}

struct Known {
    link: AgentLink,
    permissions: Prepared,
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

impl Writer {
    fn enter(&mut self, at: DateTime<Utc>, entry: NewEntry) {
        self.entries.push((at, entry.called(EntryId(id_at(at)))));
    }

    /// As the record would have been written: in the order of time.
    async fn sort_and_write(&mut self, connection: &mut PgConnection) -> Result<()> {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(|(at, _)| *at);
        db::entries::append(connection, &entries).await
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
            db::people::insert(connection, &me, hash, None, at).await?;
            let detail = Detail::PersonAdded(PersonAdded { person: me.id, role: me.role });
            let entry = NewEntry::new(detail, &Permit::made_up(admin.map_or(By::System, By::Person)));
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
                if db::queues::set_member(connection, queue, id, true, founded).await?.is_none() {
                    return Err(Error::NotFound);
                }
                self.shop.queues.entry((*queue).to_owned()).or_default().push(id);
                let (queue, person, member) = (Name::of(queue), Some(id), Some(true));
                let detail = QueueChanged { queue, person, member, proposal: None, proposed_by: None };
                let entry = by(admin, Detail::QueueChanged(detail));
                self.enter(founded + TimeDelta::hours(3), entry);
            }
        }
        db::pages::put_customers(connection, &history.customers, self.now).await?;
        self.shop.brand = history.customers.iter().map(|c| (c.id.clone(), c.facts.clone())).collect();
        let detail = CustomersSynced { customers: history.customers.len() as u64 };
        self.enter(self.now, by(admin, Detail::CustomersSynced(detail)));
        for stop in &history.stops {
            self.stop(connection, stop).await?;
        }
        for tightening in &history.tightenings {
            self.tighten(connection, tightening).await?;
        }
        for (at, email) in &history.sign_ins {
            let entry = by(self.person(email)?, Detail::SignedIn(Nothing {}));
            self.enter(*at, entry.personal(json!({ "source": "10.20.0.14" }))?);
        }
        Ok(())
    }

    async fn found_agent(&mut self, connection: &mut PgConnection, new: &PastAgent, admin: PersonId) -> Result<()> {
        let (file, at) = (&new.file, new.published_at);
        let faults = file.faults();
        if !faults.is_empty() {
            return Err(Error::Invalid(Fault::Other, faults.join("; ")));
        }
        let id = AgentId(id_at(at));
        db::agents::insert(connection, id, &file.agent, at).await?;
        self.put_catalog(connection, file, admin, at).await?;
        let version = NewVersion {
            agent: id,
            version: 1,
            permissions: &file.permissions,
            by: admin,
            note: new.note,
            accepted: &[],
            proposed: None,
        };
        db::versions::publish(connection, &version, at).await?;
        let detail = Detail::Published(Published { version: 1, draft: None, proposed_by: None });
        self.enter(at, by(admin, detail).agent(id).personal(json!({ "note": new.note }))?);

        let mut before = Mode::Draft;
        for (at, mode, reason) in &new.modes {
            if let Some(phase) = Move::of(*mode).and_then(Move::phase) {
                db::phases::begin(connection, id, phase, admin, reason, *at).await?;
            }
            let moved = ModeChanged { from: Name::of(before.name()), to: Name::of(mode.name()) };
            let entry = by(admin, Detail::ModeChanged(moved)).agent(id);
            let entry = entry.personal(json!({ "reason": reason }))?;
            self.enter(*at, entry);
            before = *mode;
        }
        let known = Known {
            link: AgentLink { id, slug: file.agent.slug.clone(), name: file.agent.name.clone() },
            permissions: Prepared::new(file.permissions.clone(), &self.shop.names),
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

    async fn put_catalog(
        &mut self,
        connection: &mut PgConnection,
        file: &AgentFile,
        admin: PersonId,
        at: DateTime<Utc>,
    ) -> Result<()> {
        for queue in &file.queues {
            self.shop.names.queues.insert(queue.slug.clone(), queue.name.clone());
            if !db::queues::exists(connection, &queue.slug).await? {
                db::queues::insert(connection, QueueId(Uuid::now_v7()), &queue.slug, &queue.name).await?;
            }
        }
        for integration in &file.integrations {
            db::integrations::put(connection, integration).await?;
        }
        for set in &file.data_sets {
            db::catalog::put_data_set(connection, set).await?;
        }
        for (topic, words) in &file.word_lists {
            db::catalog::put_words(connection, topic, words).await?;
            self.shop.words.add(topic, words);
        }
        for action in &file.actions {
            db::catalog::add_action(connection, 1, action, admin, at).await?;
            self.shop.actions.insert(action.name.clone(), action.clone());
        }
        let data_read = ActionType::data_read();
        self.shop.actions.insert(data_read.name.clone(), data_read);
        Ok(())
    }

    async fn stop(&mut self, connection: &mut PgConnection, stop: &PastStop) -> Result<()> {
        let (who, released_by) = (self.person(stop.by)?, self.person(stop.released_by)?);
        let known = self.shop.agents.get_mut(stop.agent).ok_or(Error::NotFound)?;
        known.stops.push((stop.at, stop.released_at));
        let agent = known.link.clone();
        let (id, reason) = (StopId(id_at(stop.at)), stop.reason.to_owned());
        let agent_link = Some(agent.clone());
        let (by_name, added) = (String::new(), Vec::new());
        let (at, said) = (stop.at, 1);
        let view = StopView { id, agent: agent_link, by: by_name, at, reason, added, said, taken_back_by: None };
        db::stops::insert(connection, &view, Some(who)).await?;
        db::stops::raise_epoch(connection, Some(agent.id)).await?;
        let (at, reason) = (stop.released_at, stop.release_reason);
        db::stops::release(connection, id, Some(released_by), at, reason).await?;

        let entry = by(who, Detail::Stopped(OfStop { stop: id, everything: false })).agent(agent.id);
        self.enter(stop.at, entry.personal(json!({ "reason": stop.reason }))?);
        let detail = Detail::Released(Released { stop: id, everything: false, taken_back: false });
        let entry = by(released_by, detail).agent(agent.id);
        self.enter(at, entry.personal(json!({ "reason": reason }))?);
        Ok(())
    }

    async fn tighten(&mut self, connection: &mut PgConnection, new: &PastTightening) -> Result<()> {
        let who = self.person(new.by)?;
        let known = self.shop.agents.get_mut(new.agent).ok_or(Error::NotFound)?;
        let (id, agent, until) = (TighteningId(id_at(new.at)), known.link.id, Some(new.until));
        let (actions, reason) = (new.actions.clone(), new.reason.to_owned());
        known.tightenings.push((new.at, Tightening { id, actions, reason, until }));
        let row = NewTightening { id, agent, actions: &new.actions, reason: new.reason, until, by: who };
        db::agents::add_tightening(connection, &row, new.at).await?;
        let actions = new.actions.iter().map(|action| Name::of(action)).collect();
        let detail = Detail::TighteningAdded(TighteningAdded { tightening: id, actions, until });
        let entry = by(who, detail).agent(agent);
        self.enter(new.at, entry.personal(json!({ "reason": new.reason }))?);
        Ok(())
    }
}
