//! The door of asks: concurrent requests are judged and written in groups, so that durability costs a group one flush.

mod door;
mod judging;

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{
    facts::Facts,
    id::{AgentId, RequestId},
    json,
    request::Ask,
    state::State,
    view::KeyKind,
};
use judging::judge;
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, Postgres, Transaction};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout, timeout_at},
};
use uuid::Uuid;

use crate::{
    Asked, Governance, Key,
    asking::weigh::{gather, gather_again, permits},
    call::call,
    control::Control,
    db::{self, windows::MetAsk},
    error::{AgentError, Error, Result, corrupt},
    permit::Permit,
};

/// How large a group gets, and how many are written at a time: what comes meanwhile is the next one.
const MOST_IN_GROUP: usize = 64;
const GROUPS: usize = 2;
/// How often a request is tried while others write under its idempotency key.
const MOST_RACES: usize = 16;

/// How long a group may take, and how long it may be tried again one by one: what has gone silent is away.
const GROUP: Duration = Duration::from_millis(2500);
const AGAIN: Duration = Duration::from_secs(3);

/// How long plans are kept: to plan is a third of what a small group costs, and a table may have grown since.
const PLANS: Duration = Duration::from_secs(1);

/// How often a group is begun again since the control state has changed under it.
const MOST_REVISIONS: usize = 4;

use door::Deciding;
pub(crate) use door::Door;

type Answer = std::result::Result<Asked, AgentError>;

struct Job {
    key: Key,
    call: Option<Uuid>,
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
    permit: Permit,
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
        let job = Job { key: key.clone(), call: call(), idempotency_key, ask, body, body_digest, answer };
        self.0.asks.enter(job)?;

        let answer = tokio::select! {
            answer = &mut decided => answer,
            group = self.0.asks.groups.clone().acquire_owned() => {
                // In a task of its own: that one caller hangs up must not end what others wait for.
                let governance = self.clone();
                tokio::spawn(async move {
                    let _group = group;
                    // What has come at the same time goes along, and what comes meanwhile is the next group.
                    tokio::task::yield_now().await;
                    loop {
                        let jobs = governance.0.asks.take_group();
                        if jobs.is_empty() {
                            break;
                        }
                        governance.decide_jobs(jobs).await;
                    }
                });
                decided.await
            }
        };
        self.0.presses.let_out(answer.unwrap_or(Err(AgentError::Unavailable)))
    }

    async fn decide_jobs(&self, jobs: Vec<Job>) {
        if self.holds_back() {
            return;
        }
        self.0.counts.groups.observe(jobs.len() as u64);
        let (answers, mut away) = match self.decide_group(&jobs.iter().collect::<Vec<_>>()).await {
            Ok(answers) => (answers, false),
            Err(failure) => {
                // One bad request must fail alone, so each is tried alone.
                (jobs.iter().map(|_| None).collect(), failure == Failure::Away)
            }
        };
        let until = Instant::now() + AGAIN;
        for (job, answer) in jobs.into_iter().zip(answers) {
            let answer = match answer {
                Some(answer) => answer,
                None if away || job.answer.is_closed() => Err(AgentError::Unavailable),
                None => match timeout_at(until, self.decide_alone(&job)).await {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(failure)) => {
                        away = failure == Failure::Away;
                        Err(AgentError::Unavailable)
                    }
                    Err(_) => Err(AgentError::Unavailable),
                },
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
        let decided = timeout(GROUP, self.decide_anywhere(jobs)).await.unwrap_or_else(|_| {
            // The others have gone silent with it.
            self.0.asks.forget_connections();
            Err(Failure::Away)
        });
        self.0.asks.remember(!matches!(decided, Err(Failure::Away | Failure::Failed)));
        decided
    }

    async fn decide_anywhere(&self, jobs: &[&Job]) -> std::result::Result<Vec<Option<Answer>>, Failure> {
        while let Some(kept) = self.0.asks.connection() {
            match self.decide_on(kept, jobs).await {
                // It may have broken off while nobody used it.
                Err(Failure::Away) => {}
                decided => return decided,
            }
        }
        let fresh = self.0.decisions.acquire().await.map_err(|_| Failure::Away)?.detach();
        self.decide_on(Deciding { connection: fresh, planned: None }, jobs).await
    }

    async fn decide_on(
        &self,
        mut deciding: Deciding,
        jobs: &[&Job],
    ) -> std::result::Result<Vec<Option<Answer>>, Failure> {
        if deciding.planned.is_none_or(|at| at.elapsed() > PLANS) {
            db::begin::plan_anew(&mut deciding.connection).await.map_err(|_| Failure::Away)?;
            deciding.planned = Some(Instant::now());
        }
        for _ in 0..MOST_REVISIONS {
            let begun = deciding.connection.begin_with(db::begin::BEGIN_DECISION).await;
            let tx = begun.map_err(|_| Failure::Away)?;
            let decided = self.decide_within(tx, jobs).await.map_err(|error| match error {
                Error::Conflict(_) => Failure::Raced,
                _ => Failure::Failed,
            })?;
            if let Some(answers) = decided {
                self.0.asks.keep(deciding);
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
        self.note_crowded(met.crowded);

        let fresh = answer_again(&mut tx, &control, met.now, known.into_iter().zip(met.of_each), &mut answers).await?;
        let (requests, entries) = caught(|| judge(&control, met.now, fresh, &mut answers))?;
        if !requests.is_empty() {
            db::entries::append(&mut tx, &entries).await?;
            db::requests::insert(&mut tx, met.now, requests).await?;
        }
        tx.commit().await?;
        answers
            .iter()
            .flatten()
            .flatten()
            .filter(|asked| !asked.replayed)
            .for_each(|asked| self.0.counts.decided(asked));
        Ok(Some(answers))
    }
}

/// What the work gives. Where it panics, its group fails as one that cannot be written does: each is tried alone.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(corrupt("a request that cannot be judged")))
}

fn authenticate<'a>(jobs: &[&'a Job], control: &Control, answers: &mut [Option<Answer>]) -> Vec<Known<'a>> {
    let mut known = Vec::with_capacity(jobs.len());
    for (place, job) in jobs.iter().enumerate() {
        match Permit::of_key(control, &job.key.hash, job.call) {
            Err(error) => answers[place] = Some(Err(error)),
            Ok((_, key)) if key.kind != KeyKind::Agent => answers[place] = Some(Err(AgentError::WrongKind)),
            Ok((permit, key)) => match control.need_readable(key.agent) {
                Ok(()) => known.push(Known { place, job, agent: key.agent, permit }),
                Err(error) => answers[place] = Some(Err(error)),
            },
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

/// The stored answer; it is never a new leave: a grant is handed out again only where it would be given now.
async fn again(
    connection: &mut PgConnection,
    control: &Control,
    now: DateTime<Utc>,
    id: RequestId,
    job: &Job,
) -> Result<Answer> {
    let stored = db::requests::find(connection, id).await?.ok_or_else(|| corrupt("a known request"))?;
    if let Err(erased) = stored.body() {
        return Ok(Err(erased));
    }
    if stored.body_digest != job.body_digest {
        return Ok(Err(AgentError::IdempotencyMismatch));
    }
    let (state, reported) = (stored.life.state(), stored.is_reported());
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
        let facts = gather_again(connection, control, stored.agent, &job.ask, id).await?;
        if let Err(refusal) = permits(control, now, id, stored.agent, &job.ask, &facts, |_| false) {
            return Ok(Err(refusal));
        }
        asked.grant = Some(control.grant(id, execute_before)?);
    }
    Ok(Ok(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_fails_and_ends_nothing_else() {
        assert!(matches!(caught(|| -> Result<()> { panic!("on purpose") }), Err(Error::Unavailable)));
        assert!(matches!(caught(|| Ok(7)), Ok(7)));
    }
}
