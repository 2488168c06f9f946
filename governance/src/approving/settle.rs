//! What people settle afterwards: unknown outcomes, breaches, and what was undone.

use chrono::{DateTime, Utc};
use domain::{
    action::Reversibility,
    entry::{Detail, Nothing, RolledBack, Settled},
    fault::Fault,
    id::{EntryId, RequestId},
    role::Capability,
    state::{Outcome, State},
    view::MOST_SETTLED,
};
use serde_json::json;

use crate::{Actor, Conflict, Error, Governance, Result, db, entry::NewEntry, reasons::need_reason};

impl Governance {
    /// A person found out what came of a request, or that it failed as its agent says.
    pub async fn settle(&self, actor: &Actor, id: RequestId, outcome: Outcome, reason: &str) -> Result<()> {
        let from: &[State] = match outcome {
            Outcome::Unknown => {
                return Err(Error::Invalid(Fault::Other, "settled means succeeded or failed".to_owned()));
            }
            Outcome::Succeeded => &[State::Unknown],
            Outcome::Failed => &[State::Unknown, State::Failed],
        };
        let detail = |was| Detail::Settled(Settled { status: Some(outcome), was: Some(was), breach: None });
        self.move_with_reason(actor, id, from, outcome.state(), detail, reason).await
    }

    /// A person has undone what an agent did.
    pub async fn roll_back(&self, actor: &Actor, id: RequestId, reason: &str) -> Result<()> {
        self.allow(actor, Capability::Settle).await?;
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        let stored = db::requests::find(&mut connection, id).await?.ok_or(Error::NotFound)?;
        drop(connection);
        let action = control.action(&stored.action).map(|(_, action)| action);
        if action.is_none_or(|action| action.reversibility == Reversibility::Irreversible) {
            return Err(Error::Invalid(Fault::Other, "this action cannot be undone".to_owned()));
        }
        let from = [State::Succeeded, State::Failed, State::Unknown];
        self.move_with_reason(actor, id, &from, State::RolledBack, |was| Detail::RolledBack(RolledBack { was }), reason)
            .await
    }

    async fn move_with_reason(
        &self,
        actor: &Actor,
        id: RequestId,
        from: &[State],
        to: State,
        detail: impl FnOnce(State) -> Detail,
        reason: &str,
    ) -> Result<()> {
        let permit = self.allow(actor, Capability::Settle).await?;
        let reason = need_reason(reason)?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let stored = db::requests::find_for_update(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let was = stored.life.state();
        if !from.contains(&was) {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let confirmed = to == State::Failed && db::outcome::confirm_failure(&mut tx, id).await?;
        // That it failed was said by its agent alone until now.
        let next = if was == to { Some(stored.life.clone()).filter(|_| confirmed) } else { stored.life.ends(to) };
        let next = next.ok_or(Conflict::ChangedMeanwhile)?;
        db::requests::store(&mut tx, now, id, &stored.life, &next, None).await?;
        let entry = stored.entry(detail(was), &permit);
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Somebody has seen that what was approved was never claimed.
    pub async fn see_unclaimed(&self, actor: &Actor, id: RequestId) -> Result<()> {
        let permit = self.allow(actor, Capability::Look).await?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        // One after the other: of two presses the second finds nothing to see.
        let stored = db::requests::find_for_update(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let own = !actor.can(Capability::Govern);
        let unseen = db::pages::unclaimed(&mut tx, actor.person()?.id, own).await?;
        if unseen.iter().all(|one| one.request != id) {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        stored.entry(Detail::SeenUnclaimed(Nothing {}), &permit).write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// A person has cleared up what a customer complained about; the complaint weighs on no rule any more.
    pub async fn resolve_complaint(&self, actor: &Actor, id: RequestId, reason: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Settle).await?;
        let reason = need_reason(reason)?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let agent = db::outcome::resolve_complaints(&mut tx, id, now).await?.ok_or(Conflict::ChangedMeanwhile)?;
        let entry = NewEntry::new(Detail::ComplaintResolved(Nothing {}), &permit).agent(agent).request(id);
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// A person has looked into the oldest `count` outcomes of an agent that came without a grant, up to a moment; all of
    /// them are settled, or none where there are not as many any more.
    pub async fn settle_breaches(
        &self,
        actor: &Actor,
        agent: &str,
        (until, count): (DateTime<Utc>, u32),
        reason: &str,
    ) -> Result<()> {
        let permit = self.allow(actor, Capability::Settle).await?;
        let reason = need_reason(reason)?;
        let me = actor.person()?.id;
        if !(1..=MOST_SETTLED).contains(&count) {
            return Err(Error::Invalid(Fault::Number, format!("at most {MOST_SETTLED} at once")));
        }
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let agent = db::agents::by_slug(&mut tx, agent).await?.ok_or(Error::NotFound)?.id;
        let settled = db::outcome::settle_breaches(&mut tx, agent, (until, count), me, now, reason).await?;
        if settled.len() != count as usize {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let entries: Result<Vec<_>> = settled
            .into_iter()
            .map(|(breach, request)| {
                let detail = Detail::Settled(Settled { status: None, was: None, breach: Some(breach) });
                let new = NewEntry::new(detail, &permit).agent(agent).request(request);
                Ok((now, new.personal(json!({ "reason": reason }))?))
            })
            .collect();
        db::entries::append(&mut tx, &entries?).await?;
        self.commit(tx).await
    }

    /// A person has looked into an outcome that came without a grant.
    pub async fn settle_breach(&self, actor: &Actor, entry: EntryId, reason: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Settle).await?;
        let reason = need_reason(reason)?;
        let me = actor.person()?.id;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let settled = db::outcome::settle_breach(&mut tx, entry, me, now, reason).await?;
        let (agent, request) = settled.ok_or(Conflict::ChangedMeanwhile)?;
        let detail = Detail::Settled(Settled { status: None, was: None, breach: Some(entry) });
        let new = NewEntry::new(detail, &permit).agent(agent).request(request);
        new.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
