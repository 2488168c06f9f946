//! The stop: once it is confirmed, no decision and no grant commits until somebody releases it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    id::StopId,
    role::Capability,
    view::{AgentLink, StopPage, StopView},
};
use serde_json::json;
use sqlx::{PgConnection, Postgres, Transaction};
use uuid::Uuid;

use crate::{Actor, Conflict, Error, Governance, Result, db, record::NewEntry};

/// How long a stop waits before it ends the sessions that hold it up; they have as long to be idle in a transaction.
const PATIENCE: Duration = Duration::from_millis(500);

impl Governance {
    /// Stops an agent, or everything. Pressed twice, it answers the stop that holds.
    pub async fn stop(&self, actor: &Actor, slug: Option<&str>, reason: &str) -> Result<StopView> {
        self.allow(actor, Capability::Stop).await?;
        let (mut tx, now) = self.begin_stop().await?;
        let agent = agent_named(&mut tx, slug).await?;
        if let Some(holding) = db::stops::holding(&mut tx, agent.as_ref().map(|a| a.id)).await? {
            return Ok(holding);
        }
        let stop = StopView {
            id: StopId(Uuid::now_v7()),
            by: actor.person().map_or_else(|_| "the command line".to_owned(), |me| me.name.clone()),
            agent,
            at: now,
            // Whatever is typed here must not fail the stop.
            reason: reason.trim().chars().filter(|c| *c != '\0').take(2000).collect(),
        };
        let agent = stop.agent.as_ref().map(|a| a.id);
        db::stops::insert(&mut tx, &stop, actor.person().ok().map(|me| me.id)).await?;
        db::stops::raise_epoch(&mut tx, agent).await?;
        let mut entry =
            NewEntry::new(Kind::Stopped, actor).detail(json!({ "stop": stop.id, "everything": agent.is_none() }));
        entry.agent = agent;
        entry.personal(json!({ "reason": stop.reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await?;
        Ok(stop)
    }

    /// Begins a transaction that stops: it holds the control lock, and what has not let go of it in time is ended.
    async fn begin_stop(&self) -> Result<(Transaction<'static, Postgres>, DateTime<Utc>)> {
        let mut tx = self.0.stops.begin().await?;
        let waiting = db::stops::own_session(&mut tx).await?;
        let now = {
            let locked = lock(&mut tx);
            tokio::pin!(locked);
            loop {
                tokio::select! {
                    now = &mut locked => break now?,
                    () = tokio::time::sleep(PATIENCE) => self.end_blockers(waiting).await,
                }
            }
        };
        Ok((tx, now))
    }

    /// When it fails the stop goes on waiting: what holds it up may let go by itself.
    async fn end_blockers(&self, waiting: i32) {
        match db::stops::end_blockers(&self.0.enders, waiting).await {
            Ok(ended) => tracing::warn!(ended, "ended sessions that held up a stop"),
            Err(_) => tracing::error!("sessions that hold up a stop cannot be ended"),
        }
    }

    /// Lets an agent, or everything, go on. What waited waits for a fresh look; earlier approvals no longer count.
    pub async fn release(&self, actor: &Actor, slug: Option<&str>, reason: &str) -> Result<()> {
        self.allow(actor, Capability::Release).await?;
        let reason = crate::settle::need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        let agent = agent_named(&mut tx, slug).await?.map(|a| a.id);
        let by = actor.person().ok().map(|me| me.id);
        let stop = db::stops::release(&mut tx, agent, by, now, reason).await?.ok_or(Conflict::NotStopped)?;
        let mut entry =
            NewEntry::new(Kind::Released, actor).detail(json!({ "stop": stop, "everything": agent.is_none() }));
        entry.agent = agent;
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Adds the reason to a stop that holds and was pressed without one.
    pub async fn explain_stop(&self, actor: &Actor, id: StopId, reason: &str) -> Result<()> {
        self.allow(actor, Capability::Stop).await?;
        let reason = crate::settle::need_reason(reason)?;
        let mut tx = self.0.controls.begin().await?;
        let now = db::control::head(&mut tx).await?.now;
        let agent = db::stops::explain(&mut tx, id, reason).await?.ok_or(Conflict::ChangedMeanwhile)?;
        let mut entry = NewEntry::new(Kind::StopExplained, actor).detail(json!({ "stop": id }));
        entry.agent = agent;
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// What is stopped and what may still have gone out.
    pub async fn stop_page(&self, actor: &Actor) -> Result<StopPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        db::pages::stop(&self.0.pages, &control, now).await
    }
}

async fn lock(connection: &mut PgConnection) -> Result<DateTime<Utc>> {
    db::control::lock_exclusive(connection).await?;
    db::control::raise_revision(connection).await
}

async fn agent_named(connection: &mut PgConnection, slug: Option<&str>) -> Result<Option<AgentLink>> {
    match slug {
        None => Ok(None),
        Some(slug) => Ok(Some(db::agents::by_slug(connection, slug).await?.ok_or(Error::NotFound)?)),
    }
}
