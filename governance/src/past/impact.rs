//! What a draft would have changed: requests of the past, judged by what is in force and by the draft.
//!
//! A run judges nothing anew that counts: it reads, says how far it has come in a row of its own, and leaves a summary.

mod judge;
mod source;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    authoring::{
        draft::{DraftConflict, DraftSeen},
        impact::Impact,
    },
    id::{AgentId, RunId},
    kept,
    role::Capability,
    view::impact::{ImpactView, RunSource, RunState},
};
use tokio::time::Instant;

use crate::{
    Actor, Conflict, Error, Governance, Inner, Result,
    db::{self, runs::NewRun},
    error::corrupt,
    id,
    permissions::drafts::{agent_to_edit, lock_seen},
};
use judge::Judge;
use source::Source;

/// How far back the record is judged.
pub const PAST_DAYS: i64 = 30;

/// How often a run says how far it has come, and learns that it is to end.
const BEAT: Duration = Duration::from_millis(500);

/// What to judge.
pub enum Past {
    /// The agent's requests of the last [`PAST_DAYS`] days.
    Record,
    /// Past actions, JSON Lines: the body of an ask, and `at`, in the order of their times.
    Lines(String),
}

impl Governance {
    /// The last run, as far as it has come.
    pub async fn impact(&self, actor: &Actor, slug: &str) -> Result<ImpactView> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        Ok(ImpactView { run: db::runs::last(&mut connection, agent.id).await?, now })
    }

    /// Begins to judge the past by the draft as it was seen; one run an agent at a time.
    pub async fn start_impact(&self, actor: &Actor, slug: &str, seen: DraftSeen, past: Past) -> Result<RunId> {
        self.allow(actor, Capability::Govern).await?;
        let by = actor.person()?.id;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let (agent, now) = agent_to_edit(&mut tx, slug).await?;
        let draft = lock_seen(&mut tx, &agent, seen).await?;
        let in_force = db::versions::published(&mut tx, agent.id).await?.map(|(_, permissions)| permissions);
        let (control, _) = self.control(&mut tx).await?;

        let source = match past {
            Past::Record => RunSource::Record,
            Past::Lines(_) => RunSource::File,
        };
        let replica = self.0.replica;
        let new = NewRun { id: RunId(id::next()), agent: agent.id, draft: seen, source, by, replica };
        if !db::runs::start(&mut tx, &new, now).await? {
            return Err(DraftConflict::Judging.into());
        }
        self.commit(tx).await?;

        let run = Run::new(self, new.id, agent.id, now, past);
        tokio::spawn(run.go(Judge::new(&control, agent.id, in_force, draft.permissions)));
        Ok(new.id)
    }

    /// Begins anew what went down with its server, as it was begun; what cannot be is said to have broken off.
    pub(crate) async fn take_up_lost_runs(&self) -> Result<()> {
        let mut connection = self.0.pages.acquire().await?;
        let (control, now) = self.control(&mut connection).await?;
        db::runs::end_lost(&mut connection, now).await?;
        for lost in db::runs::take_lost(&mut connection, self.0.replica, now).await? {
            let run = Run::new(self, lost.id, lost.agent, lost.started_at, Past::Record);
            let begun = async {
                let draft = db::drafts::open(&mut connection, lost.agent).await?;
                let draft = draft.filter(|draft| draft.head.seen == lost.draft).ok_or(DraftConflict::Gone)?;
                let in_force = db::versions::published(&mut connection, lost.agent).await?;
                let in_force = in_force.map(|(_, permissions)| permissions);
                Ok(Judge::new(&control, lost.agent, in_force, draft.permissions))
            };
            match begun.await {
                Ok(judge) => drop(tokio::spawn(run.go(judge))),
                Err(error) => run.end(Err(error)).await,
            }
        }
        Ok(())
    }

    pub async fn cancel_impact(&self, actor: &Actor, slug: &str) -> Result<()> {
        self.allow(actor, Capability::Govern).await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        match db::runs::cancel(&mut connection, agent.id).await? {
            true => Ok(()),
            false => Err(Conflict::ChangedMeanwhile.into()),
        }
    }
}

struct Run {
    governance: Governance,
    id: RunId,
    span: db::impact::Span,
    source: Source,
    judged: u32,
}

impl Run {
    fn new(governance: &Governance, id: RunId, agent: AgentId, until: DateTime<Utc>, past: Past) -> Self {
        let span = db::impact::Span { agent, since: until - TimeDelta::days(PAST_DAYS), until };
        let source = Source::new(governance.0.pages.clone(), span, past);
        Self { governance: governance.clone(), id, span, source, judged: 0 }
    }

    async fn go(mut self, judge: Judge) {
        let came = self.judge_all(judge).await;
        self.end(came).await;
    }

    async fn end(self, came: Result<Option<Impact>>) {
        let (state, summary) = match came {
            Ok(Some(impact)) => match kept::write(&impact) {
                Ok(summary) => (RunState::Done, Some(summary)),
                Err(_) => (RunState::Failed, None),
            },
            // Its row says so already.
            Ok(None) => return,
            Err(error) => {
                tracing::error!(run = %self.id, %error, "what a draft would have changed cannot be worked out");
                (RunState::Failed, None)
            }
        };
        let Inner { pages, replica, .. } = &*self.governance.0;
        if let Err(error) = db::runs::end(pages, self.id, *replica, state, self.judged, summary).await {
            tracing::error!(run = %self.id, %error, "what a draft would have changed cannot be kept");
        }
    }

    /// `None`: it was cancelled.
    async fn judge_all(&mut self, mut judge: Judge) -> Result<Option<Impact>> {
        // One at a time a server: it takes whole cores, and agents have to be answered meanwhile.
        let governance = self.governance.clone();
        let _turn = loop {
            tokio::select! {
                turn = governance.0.impacts.acquire() => break turn.map_err(|_| Error::Unavailable)?,
                () = tokio::time::sleep(BEAT) => {}
            }
            if !self.beat(None).await? {
                return Ok(None);
            }
        };
        let total = self.source.count().await?;
        let begins = matches!(self.source, Source::Record { .. }).then_some(self.span.since);
        judge.learn(&self.governance.0.pages, self.span, begins).await?;
        if !self.beat(total).await? {
            return Ok(None);
        }
        let mut said = Instant::now();
        let mut batch = self.source.batch().await?;
        while !batch.is_empty() {
            let count = batch.len();
            let judging = tokio::task::spawn_blocking(move || judge.all(batch).map(|()| judge));
            // The next ones are fetched while these are judged.
            let (judged, next) = tokio::join!(judging, self.source.batch());
            judge = judged.map_err(|_| corrupt("a request of the past"))??;
            batch = next?;
            self.judged = self.judged.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
            if said.elapsed() >= BEAT {
                said = Instant::now();
                if !self.beat(None).await? {
                    return Ok(None);
                }
            }
        }
        Ok(Some(judge.finish()))
    }

    /// Says how far it has come; `false`: it is to end.
    async fn beat(&self, total: Option<u32>) -> Result<bool> {
        let Inner { pages, replica, .. } = &*self.governance.0;
        let mut connection = pages.acquire().await?;
        let now = db::control::head(&mut connection).await?.now;
        db::runs::advance(&mut connection, self.id, *replica, self.judged, total, now).await
    }
}
