//! What a draft would have changed: requests of the past, judged by what is in force and by the draft.
//!
//! A run judges nothing anew that counts: it reads, says how far it has come in a row of its own, and leaves a summary.

mod judge;
mod source;

use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    authoring::{
        draft::{DraftConflict, DraftSeen},
        impact::Impact,
    },
    id::RunId,
    role::Capability,
    view::impact::{ImpactView, RunSource, RunState},
};
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    Actor, Conflict, Error, Governance, Result,
    db::{self, impact::NewRun},
    error::corrupt,
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
        db::impact::mark_lost(&mut connection, agent.id).await?;
        Ok(ImpactView { run: db::impact::last(&mut connection, agent.id).await?, now })
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
        let new = NewRun { id: RunId(Uuid::now_v7()), agent: agent.id, draft: seen, source, by };
        if !db::impact::start(&mut tx, &new, now).await? {
            return Err(DraftConflict::Judging.into());
        }
        self.commit(tx).await?;

        let span = db::impact::Span { agent: agent.id, since: now - TimeDelta::days(PAST_DAYS), until: now };
        let source = Source::new(self.0.pages.clone(), span, past);
        let run = Run { governance: self.clone(), id: new.id, span, source, judged: 0 };
        tokio::spawn(run.go(Judge::new(&control, agent.id, in_force, draft.permissions)));
        Ok(new.id)
    }

    pub async fn cancel_impact(&self, actor: &Actor, slug: &str) -> Result<()> {
        self.allow(actor, Capability::Govern).await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        match db::impact::cancel(&mut connection, agent.id).await? {
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
    async fn go(mut self, judge: Judge) {
        let (state, summary) = match self.judge_all(judge).await {
            Ok(Some(impact)) => match serde_json::to_value(&impact) {
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
        let end = db::impact::end(&self.governance.0.pages, self.id, state, self.judged, summary).await;
        if let Err(error) = end {
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
        db::impact::advance(&self.governance.0.pages, self.id, self.judged, total).await
    }
}
