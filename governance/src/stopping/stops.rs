//! The stop: once it is confirmed, no decision and no grant commits until somebody releases it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    entry::{Detail, OfStop, Released},
    id::StopId,
    role::Capability,
    view::{AgentLink, StopHistory, StopPage, StopView},
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    Actor, Conflict, Error, Governance, Result, db, entry::NewEntry, permit::Permit, reasons::need_reason,
    stopping::presses::Press,
};

/// How long a stop waits before it ends the sessions that hold it up; they have as long to be idle in a transaction.
const PATIENCE: Duration = Duration::from_millis(500);

impl Governance {
    /// Stops an agent, or everything. Pressed twice, it answers the stop that holds.
    pub async fn stop(&self, actor: &Actor, slug: Option<&str>, reason: &str) -> Result<StopView> {
        self.record_press(&Press::new(actor, slug, reason)).await
    }

    /// Records a press, unless it is recorded already or another stop holds. Who holds it up is ended.
    pub(crate) async fn record_press(&self, press: &Press) -> Result<StopView> {
        let permit = self.allow(&press.actor, Capability::Stop).await?.in_call(press.call);
        let mut tx = self.0.stops.begin_with(db::begin::BEGIN).await?;
        let waiting = db::stops::own_session(&mut tx).await?;
        let stop = {
            let written = write(&mut tx, &permit, press);
            tokio::pin!(written);
            loop {
                tokio::select! {
                    stop = &mut written => break stop?,
                    () = tokio::time::sleep(PATIENCE) => self.end_blockers(waiting).await,
                }
            }
        };
        self.commit(tx).await?;
        Ok(stop)
    }

    /// When it fails the stop goes on waiting: what holds it up may let go by itself.
    async fn end_blockers(&self, waiting: i32) {
        match db::stops::end_blockers(&self.0.enders, waiting).await {
            Ok(ended) => tracing::warn!(ended, "ended sessions that held up a stop"),
            Err(_) => tracing::error!("sessions that hold up a stop cannot be ended"),
        }
    }

    /// Ends the stop that was seen, unless more was said of it than the `said` that was seen with it.
    ///
    /// Whoever pressed may take that back for a minute, unless somebody else has pressed since. What waited waits for a
    /// fresh look; earlier approvals no longer count.
    pub async fn release(&self, actor: &Actor, id: StopId, said: i64, reason: &str) -> Result<()> {
        let takes_back = !actor.can(Capability::Release);
        if takes_back {
            let mut connection = self.0.controls.acquire().await?;
            let seen = db::stops::find(&mut connection, id).await?;
            drop(connection);
            if !seen.is_some_and(|(seen, now)| may_release(actor, &seen.stop, now)) {
                return self.allow(actor, Capability::Release).await.map(drop);
            }
        }
        let permit = self.allow(actor, if takes_back { Capability::Stop } else { Capability::Release }).await?;
        let reason = need_reason(reason)?;

        let (mut tx, now) = self.begin_control().await?;
        let (found, _) = db::stops::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let agent = found.stop.agent.as_ref().map(|a| a.id);
        let holding = db::stops::holding(&mut tx, agent).await?;
        if let Some(release) = found.release {
            return Err(Conflict::ReleasedAlready { by: release.by, again: holding.is_some() }.into());
        }
        if !may_release(actor, &found.stop, now) {
            // The minute has just ended, or somebody else has just pressed.
            drop(tx);
            return self.allow(actor, Capability::Release).await.map(drop);
        }
        if holding.is_none_or(|holding| holding.said != said) {
            return Err(Conflict::MoreSaid.into());
        }
        let by = actor.person().ok().map(|me| me.id);
        db::stops::release(&mut tx, id, by, now, reason).await?;
        let detail = Released { stop: id, everything: agent.is_none(), taken_back: takes_back };
        let mut entry = NewEntry::new(Detail::Released(detail), &permit);
        entry.agent = agent;
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Adds a reason to a stop that holds. Somebody else's makes it their stop, too, as a press does.
    pub async fn explain_stop(&self, actor: &Actor, id: StopId, reason: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Stop).await?;
        let reason = need_reason(reason)?;
        let mut tx = self.0.controls.begin_with(db::begin::BEGIN).await?;
        // Whoever takes it back just now has, or cannot any more.
        db::control::lock_exclusive(&mut tx).await?;
        let found = db::stops::find(&mut tx, id).await?;
        let (found, _) = found.filter(|(found, _)| found.release.is_none()).ok_or(Conflict::ChangedMeanwhile)?;
        add(&mut tx, &permit, &found.stop, reason, Detail::StopExplained).await?;
        self.commit(tx).await
    }

    /// Every stop that holds: one of everything at the most, before one an agent at the most.
    pub async fn stops(&self, actor: &Actor) -> Result<Vec<StopView>> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        db::stops::all_holding(&mut connection).await
    }

    /// What is stopped and what may have gone out.
    pub async fn stop_page(&self, actor: &Actor) -> Result<StopPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        db::pages::stop(&self.0.pages, &control, now).await
    }

    /// Who stopped what, why, and who released it; from the newest on, or from the one after `before`.
    pub async fn stop_history(&self, actor: &Actor, before: Option<StopId>) -> Result<StopHistory> {
        self.allow(actor, Capability::Look).await?;
        let (_, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let (stops, next) = db::stops::page(&mut connection, before).await?;
        Ok(StopHistory { stops, next, now })
    }
}

fn may_release(actor: &Actor, stop: &StopView, now: DateTime<Utc>) -> bool {
    actor.can(Capability::Release) || actor.person().is_ok_and(|me| stop.may_be_taken_back(me.id, now))
}

/// Locks control and writes the stop with all that was said of it; gives the one that holds then.
async fn write(connection: &mut PgConnection, permit: &Permit, press: &Press) -> Result<StopView> {
    db::control::lock_exclusive(connection).await?;
    // An earlier try of it, whose answer was lost, has written all of it.
    if let Some((recorded, _)) = db::stops::find(connection, press.id).await? {
        return Ok(recorded.stop);
    }
    let reason = press.reasons.first().map_or("", String::as_str);
    let stop = write_stop(connection, permit, press, reason).await?;
    for reason in press.reasons.iter().skip(1) {
        add(connection, permit, &stop, reason, Detail::StopJoined).await?;
    }
    Ok(stop)
}

async fn write_stop(connection: &mut PgConnection, permit: &Permit, press: &Press, reason: &str) -> Result<StopView> {
    // It may have been pressed a while ago.
    if let Actor::Person(me) = &press.actor
        && db::people::me(&mut *connection, me.id).await?.is_none()
    {
        return Err(Error::Forbidden);
    }
    let agent = agent_named(connection, press.slug.as_deref()).await?;
    let agent_id = agent.as_ref().map(|a| a.id);
    if let Some(holding) = db::stops::holding(connection, agent_id).await? {
        if !add(connection, permit, &holding, reason, Detail::StopJoined).await? {
            repeat(connection, permit, &holding).await?;
        }
        return Ok(db::stops::holding(connection, agent_id).await?.unwrap_or(holding));
    }
    let now = db::control::raise_revision(connection).await?;
    let stop = StopView {
        id: press.id,
        by: press.actor.person().map_or_else(|_| "the command line".to_owned(), |me| me.name.clone()),
        agent,
        at: now,
        reason: reason.to_owned(),
        said: i64::from(!reason.is_empty()),
        added: Vec::new(),
        taken_back_by: press.actor.person().ok().map(|me| me.id),
    };
    db::stops::insert(connection, &stop, press.actor.person().ok().map(|me| me.id)).await?;
    db::stops::raise_epoch(connection, agent_id).await?;
    let detail = OfStop { stop: stop.id, everything: agent_id.is_none() };
    let mut entry = NewEntry::new(Detail::Stopped(detail), permit);
    entry.agent = agent_id;
    entry.personal(json!({ "reason": stop.reason }))?.write(connection, now).await?;
    Ok(stop)
}

/// Keeps who else insists on a stop, whom whoever pressed first then cannot undo, and what is said of it; `false` where that
/// stands there already. `by_others` is what it is where somebody else does.
async fn add(
    connection: &mut PgConnection,
    permit: &Permit,
    holding: &StopView,
    reason: &str,
    by_others: fn(OfStop) -> Detail,
) -> Result<bool> {
    let now = db::control::head(connection).await?.now;
    let by = permit.person().ok();
    let others = match db::stops::explain(connection, holding.id, by, reason).await? {
        true => Some(false),
        false => db::stops::add(connection, holding.id, by, now, reason).await?,
    };
    let Some(others) = others else { return Ok(false) };
    let detail = OfStop { stop: holding.id, everything: holding.agent.is_none() };
    let detail = if others { by_others(detail) } else { Detail::StopExplained(detail) };
    let mut entry = NewEntry::new(detail, permit);
    entry.agent = holding.agent.as_ref().map(|a| a.id);
    entry.personal(json!({ "reason": reason }))?.write(connection, now).await?;
    Ok(true)
}

/// Whoever releases has to have seen that somebody pressed again.
async fn repeat(connection: &mut PgConnection, permit: &Permit, holding: &StopView) -> Result<()> {
    db::stops::repeat(connection, holding.id).await?;
    let now = db::control::head(connection).await?.now;
    let detail = OfStop { stop: holding.id, everything: holding.agent.is_none() };
    let mut entry = NewEntry::new(Detail::StopRepeated(detail), permit);
    entry.agent = holding.agent.as_ref().map(|a| a.id);
    entry.write(connection, now).await?;
    Ok(())
}

async fn agent_named(connection: &mut PgConnection, slug: Option<&str>) -> Result<Option<AgentLink>> {
    match slug {
        None => Ok(None),
        Some(slug) => Ok(Some(db::agents::by_slug(connection, slug).await?.ok_or(Error::NotFound)?)),
    }
}
