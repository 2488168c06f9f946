//! The door of asks: concurrent requests are judged and written in groups, so that durability costs a group one flush.

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{
    decision::decide,
    digest,
    facts::Facts,
    id::{AgentId, RequestId},
    json,
    permission::Recorded,
    request::Ask,
    sentence,
    state::State,
    view::KeyKind,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use tokio::sync::{Semaphore, oneshot};
use uuid::Uuid;

use crate::{
    Asked, Governance, Key,
    control::{AgentControl, Control},
    db::{self, requests::NewRequest, windows::MetAsk},
    error::{AgentError, Error, Result},
    mask,
    record::{NewEntry, Personal},
    weigh::{gather, world},
};

/// How long a group waits for company, how large it gets, and how many are written at a time.
const COMPANY: Duration = Duration::from_millis(1);
const MOST_IN_GROUP: usize = 64;
const GROUPS: usize = 3;
/// How often a request is tried while others write under its idempotency key.
const MOST_RACES: usize = 16;
/// How many may wait at the door before the next is turned away.
const MOST_WAITING: usize = 4096;

/// How often a group is begun again since the control state has changed under it.
const MOST_REVISIONS: usize = 4;

type Answer = std::result::Result<Asked, AgentError>;

pub(crate) struct Door {
    waiting: Mutex<VecDeque<Job>>,
    groups: Arc<Semaphore>,
    /// Connections of groups that are over: a pool would ask each how it is before and after.
    connections: Mutex<Vec<PgConnection>>,
}

impl Default for Door {
    fn default() -> Self {
        Self { waiting: Mutex::default(), groups: Arc::new(Semaphore::new(GROUPS)), connections: Mutex::default() }
    }
}

struct Job {
    key: Key,
    idempotency_key: String,
    ask: Ask,
    /// The ask in canonical form, and the digest of that.
    body: String,
    body_digest: [u8; 32],
    answer: oneshot::Sender<Answer>,
}

/// Why a group was not written.
#[derive(Clone, Copy, PartialEq)]
enum Failure {
    /// The database does not answer: trying what is left one by one would only keep its callers waiting.
    Away,
    /// Somebody else wrote under the same idempotency key just now.
    Raced,
    Failed,
}

/// A job whose agent is known.
struct Known<'a> {
    place: usize,
    job: &'a Job,
    agent: AgentId,
}

impl Governance {
    /// Judges and records one ask of the agent whose key this is. The same idempotency key gives the same answer.
    pub async fn ask(&self, key: &Key, idempotency_key: &str, ask: Ask) -> Answer {
        let misfits = ask.misfits();
        if !misfits.is_empty() {
            return Err(AgentError::Invalid(misfits));
        }
        let body = json::canonical(&ask)?;
        let body_digest = Sha256::digest(&body).into();
        let (answer, mut decided) = oneshot::channel();
        let idempotency_key = idempotency_key.to_owned();
        let job = Job { key: key.clone(), idempotency_key, ask, body, body_digest, answer };
        self.0.asks.enter(job)?;

        tokio::select! {
            answer = &mut decided => return answer.unwrap_or(Err(AgentError::Unavailable)),
            group = self.0.asks.groups.clone().acquire_owned() => {
                // In a task of its own: that one caller hangs up must not end what others wait for.
                let governance = self.clone();
                tokio::spawn(async move {
                    let _group = group;
                    tokio::time::sleep(COMPANY).await;
                    let jobs = governance.0.asks.take_group();
                    governance.decide_jobs(jobs).await;
                });
            }
        }
        decided.await.unwrap_or(Err(AgentError::Unavailable))
    }

    async fn decide_jobs(&self, jobs: Vec<Job>) {
        let (answers, mut away) = match self.decide_group(&jobs.iter().collect::<Vec<_>>()).await {
            Ok(answers) => (answers, false),
            Err(failure) => {
                // One bad request must fail alone, so each is tried alone.
                (jobs.iter().map(|_| None).collect(), failure == Failure::Away)
            }
        };
        for (job, answer) in jobs.into_iter().zip(answers) {
            let answer = match answer {
                Some(answer) => answer,
                None if away => Err(AgentError::Unavailable),
                None => self.decide_alone(&job).await.unwrap_or_else(|failure| {
                    away = failure == Failure::Away;
                    Err(AgentError::Unavailable)
                }),
            };
            // Nobody listens when the caller has hung up; the request stands in the record all the same.
            let _ = job.answer.send(answer);
        }
        if away {
            self.0.asks.turn_away();
        }
    }

    async fn decide_alone(&self, job: &Job) -> std::result::Result<Answer, Failure> {
        // A try may meet a request under the same key that is being written just now.
        for _ in 0..MOST_RACES {
            match self.decide_group(&[job]).await {
                Ok(mut answers) => {
                    if let Some(answer) = answers.pop().flatten() {
                        return Ok(answer);
                    }
                }
                Err(Failure::Raced) => {}
                Err(failure) => return Err(failure),
            }
        }
        Err(Failure::Failed)
    }

    /// Decides jobs in one transaction; `None` stands for one that has to be decided alone.
    async fn decide_group(&self, jobs: &[&Job]) -> std::result::Result<Vec<Option<Answer>>, Failure> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        while let Some(kept) = self.0.asks.connection() {
            match self.decide_on(kept, jobs).await {
                // It may have broken off while nobody used it.
                Err(Failure::Away) => {}
                decided => return decided,
            }
        }
        let fresh = self.0.decisions.acquire().await.map_err(|_| Failure::Away)?.detach();
        self.decide_on(fresh, jobs).await
    }

    async fn decide_on(
        &self,
        mut connection: PgConnection,
        jobs: &[&Job],
    ) -> std::result::Result<Vec<Option<Answer>>, Failure> {
        for _ in 0..MOST_REVISIONS {
            let begun = connection.begin_with(db::control::BEGIN_DECISION).await;
            let tx = begun.map_err(|_| Failure::Away)?;
            let decided = self.decide_within(tx, jobs).await.map_err(|error| match error {
                Error::Conflict(_) => Failure::Raced,
                _ => Failure::Failed,
            })?;
            if let Some(answers) = decided {
                self.0.asks.keep(connection);
                return Ok(answers);
            }
        }
        Err(Failure::Failed)
    }

    /// `None`: the control state in memory was not that of the transaction; now it is, and the group begins again.
    async fn decide_within(
        &self,
        mut tx: Transaction<'_, Postgres>,
        jobs: &[&Job],
    ) -> Result<Option<Vec<Option<Answer>>>> {
        let Some(control) = self.remembered() else {
            self.control(&mut tx).await?;
            return Ok(None);
        };
        let mut answers: Vec<Option<Answer>> = jobs.iter().map(|_| None).collect();
        let known = authenticate(jobs, &control, &mut answers);

        let asks: Vec<_> = known.iter().map(|k| (k.agent, Some(k.job.idempotency_key.as_str()), &k.job.ask)).collect();
        let met = gather(&mut tx, &control, &asks, None).await?;
        if met.revision != control.revision {
            self.control(&mut tx).await?;
            return Ok(None);
        }

        let fresh = answer_again(&mut tx, &control, met.now, known.into_iter().zip(met.of_each), &mut answers).await?;
        let (requests, entries) = judge(&control, met.now, fresh, &mut answers)?;
        if !requests.is_empty() {
            db::entries::append(&mut tx, &entries).await?;
            if !db::requests::insert(&mut tx, met.now, requests).await? {
                return Err(crate::Conflict::ChangedMeanwhile.into());
            }
        }
        tx.commit().await?;
        Ok(Some(answers))
    }
}

impl Door {
    fn enter(&self, job: Job) -> std::result::Result<(), AgentError> {
        let mut waiting = self.waiting.lock().map_err(|_| AgentError::Unavailable)?;
        if waiting.len() >= MOST_WAITING {
            return Err(AgentError::Unavailable);
        }
        waiting.push_back(job);
        Ok(())
    }

    fn connection(&self) -> Option<PgConnection> {
        self.connections.lock().ok()?.pop()
    }

    fn keep(&self, connection: PgConnection) {
        if let Ok(mut connections) = self.connections.lock() {
            connections.push(connection);
        }
    }

    /// Answers everybody who waits that nothing can be decided now.
    fn turn_away(&self) {
        let waiting = self.waiting.lock().map(|mut waiting| std::mem::take(&mut *waiting)).unwrap_or_default();
        for job in waiting {
            let _ = job.answer.send(Err(AgentError::Unavailable));
        }
    }

    /// The next group, without those whose callers have gone.
    fn take_group(&self) -> Vec<Job> {
        let Ok(mut waiting) = self.waiting.lock() else { return Vec::new() };
        let length = waiting.len().min(MOST_IN_GROUP);
        waiting.drain(..length).filter(|job| !job.answer.is_closed()).collect()
    }
}

fn authenticate<'a>(jobs: &[&'a Job], control: &Control, answers: &mut [Option<Answer>]) -> Vec<Known<'a>> {
    let mut known = Vec::with_capacity(jobs.len());
    for (place, job) in jobs.iter().enumerate() {
        match control.keys.get(&job.key.hash) {
            None => answers[place] = Some(Err(AgentError::BadKey)),
            Some(key) if key.kind != KeyKind::Agent => answers[place] = Some(Err(AgentError::WrongKind)),
            Some(key) => known.push(Known { place, job, agent: key.agent }),
        }
    }
    known
}

/// Answers what was asked before, and gives back what was not, with its facts.
async fn answer_again<'a>(
    connection: &mut PgConnection,
    control: &Control,
    now: DateTime<Utc>,
    known: impl Iterator<Item = (Known<'a>, MetAsk)>,
    answers: &mut [Option<Answer>],
) -> Result<Vec<(Known<'a>, Facts)>> {
    let mut fresh = Vec::new();
    let mut taken = HashSet::new();
    for (known, met) in known {
        if let Some(id) = met.known {
            answers[known.place] = Some(again(connection, control, now, id, known.job).await?);
        } else if taken.insert((known.agent, known.job.idempotency_key.as_str())) {
            fresh.push((known, met.facts));
        }
        // The same key twice in a group: the later one stays unanswered here and is decided alone.
    }
    Ok(fresh)
}

/// The stored answer; it is never a new leave.
async fn again(
    connection: &mut PgConnection,
    control: &Control,
    now: DateTime<Utc>,
    id: RequestId,
    job: &Job,
) -> Result<Answer> {
    let stored = db::requests::find(connection, id).await?.ok_or_else(|| crate::error::corrupt("a known request"))?;
    if stored.body_digest != job.body_digest {
        return Ok(Err(AgentError::IdempotencyMismatch));
    }
    let (state, reported) = (stored.state, stored.is_reported());
    let mut asked = Asked { replayed: true, ..stored.answer };
    if asked.state == State::Granted {
        if control.stopped(stored.agent).is_some() {
            return Ok(Err(AgentError::Stopped(id)));
        }
        if reported {
            return Ok(Err(AgentError::AlreadyReported(id)));
        }
        let execute_before = stored.asked_at + chrono::TimeDelta::seconds(domain::state::GRANT_SECONDS);
        if now >= execute_before || state != State::Granted {
            return Ok(Err(AgentError::GrantExpired(id)));
        }
        asked.grant = Some(control.grant(id, execute_before)?);
    }
    Ok(Ok(asked))
}

type Written = (Vec<NewRequest>, Vec<(DateTime<Utc>, NewEntry)>);

/// Judges in the order of arrival; each request sees those before it in the group.
fn judge(
    control: &Control,
    now: DateTime<Utc>,
    mut fresh: Vec<(Known<'_>, Facts)>,
    answers: &mut [Option<Answer>],
) -> Result<Written> {
    let mut requests = Vec::with_capacity(fresh.len());
    let mut entries = Vec::with_capacity(fresh.len());
    for index in 0..fresh.len() {
        let Some(((known, facts), later)) = fresh[index..].split_first_mut() else { break };
        let Some(agent) = control.agents.get(&known.agent) else { continue };
        let (request, entry, answer) = judge_one(control, now, known, agent, facts)?;
        see_each_other(&request, later);
        answers[known.place] = Some(Ok(answer));
        requests.push(request);
        entries.push((now, entry));
    }
    Ok((requests, entries))
}

/// What requests later in the group have to know of this one.
fn see_each_other(request: &NewRequest, later: &mut [(Known<'_>, Facts)]) {
    for (known, facts) in later.iter_mut().filter(|(known, _)| known.agent == request.agent) {
        let ask = &known.job.ask;
        let same_trigger = ask.trigger.is_some() && ask.trigger == request.trigger;
        if same_trigger && request.customer.is_some() && ask.customer_id() != request.customer.as_deref() {
            facts.other_customer_under_trigger = true;
        }
        if !request.answer.state.counts_in_windows() {
            continue;
        }
        for (window, usage) in &mut facts.windows {
            let same_customer = window.customer.is_none() || window.customer == request.customer;
            if same_customer && window.actions.contains(&request.action) {
                usage.add(request.amount);
            }
        }
    }
}

fn judge_one(
    control: &Control,
    now: DateTime<Utc>,
    known: &Known<'_>,
    agent: &AgentControl,
    facts: &Facts,
) -> Result<(NewRequest, NewEntry, Asked)> {
    let ask = &known.job.ask;
    let action = control.action(&ask.action);
    let mut decision = decide(ask, &world(control, now, known.agent, agent, ask, facts));
    let masks = control.masks(known.agent);
    mask::mask_reasons(&mut decision.reasons, masks);

    let id = RequestId(Uuid::now_v7());
    let version = agent.permissions.as_ref().map(|(version, _)| *version);
    let mut answer = Asked::new(id, decision, version, now);
    let recorded = agent.permissions.as_ref().map(|(_, set)| set.audit_logging.record).unwrap_or_default();
    let revision = action.map(|(revision, _)| revision);
    let whole = recorded == Recorded::default();
    let kept = if whole { Cow::Borrowed(ask) } else { Cow::Owned(ask.clone().recorded(recorded)) };
    let body = if whole { known.job.body.clone() } else { json::canonical(&kept)? };
    let entry = entry_of_ask(&answer, known.agent, &known.job.key, &kept, body, revision);
    let leaves_traces = action.is_none_or(|(_, action)| action.effect.needs_outcome());
    let request = NewRequest {
        id,
        agent: known.agent,
        idempotency_key: known.job.idempotency_key.clone(),
        body_digest: known.job.body_digest,
        action: ask.action.clone(),
        revision,
        customer: ask.customer_id().map(str::to_owned),
        trigger: ask.trigger.clone(),
        template: ask.template.clone(),
        amount: action.and_then(|(_, action)| action.amount_in(&ask.arguments)),
        digest: digest::of_request(id, known.agent, revision.unwrap_or_default(), &kept)?,
        body_entry: entry.id,
        sentence: match action {
            Some((_, action)) => mask::effect(ask, action, masks)?,
            None => sentence::visible(&ask.action),
        },
        deadline: answer.deadline(now).filter(|_| answer.state != State::Granted || leaves_traces),
        answer: answer.clone(),
    };
    if answer.state == State::Granted {
        let execute_before = now + chrono::TimeDelta::seconds(domain::state::GRANT_SECONDS);
        answer.grant = Some(control.grant(id, execute_before)?);
    }
    Ok((request, entry, answer))
}

/// The entry of an ask: what was decided and why, with the body in its canonical form beside it.
pub(crate) fn entry_of_ask(
    answer: &Asked,
    agent: AgentId,
    key: &Key,
    ask: &Ask,
    body: String,
    revision: Option<i32>,
) -> NewEntry {
    let detail = json!({
        "reasons": answer.reasons,
        "permission_version": answer.permission_version,
        "would_have_been": answer.would_have_been,
        "revision": revision,
        "model": ask.model,
        "prompt_version": ask.prompt_version,
        "agent_version": ask.agent_version,
        "key": key.prefix,
    });
    let entry = NewEntry::new(domain::entry::Kind::Asked, crate::record::Who::Agent(agent));
    let entry = entry.agent(agent).request(answer.id).action(&ask.action).detail(detail);
    NewEntry { decision: Some(answer.decision.clone()), personal: Some(Personal::new(body)), ..entry }
}
