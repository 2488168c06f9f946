//! Tightenings: overlays that make what is allowed wait for a person.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{
    action::DATA_READ,
    entry::{Detail, Name, TighteningAdded, TighteningLifted},
    fault::Fault,
    id::TighteningId,
    role::Capability,
};
use serde_json::json;

use crate::{Actor, Conflict, Error, Governance, Result, db, entry::NewEntry, id, reasons::need_reason};

impl Governance {
    /// Tightens some actions of an agent, or all of them; for a time from now on, or until it is lifted.
    pub async fn tighten(
        &self,
        actor: &Actor,
        slug: &str,
        actions: BTreeSet<String>,
        reason: &str,
        lasts: Option<TimeDelta>,
    ) -> Result<()> {
        let permit = self.allow(actor, Capability::Tighten).await?;
        let reason = need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        let until =
            match lasts {
                None => None,
                Some(lasts) => Some(now.checked_add_signed(lasts).filter(|until| *until > now).ok_or_else(|| {
                    Error::Invalid(Fault::Date, "the end of a tightening lies in the future".to_owned())
                })?),
            };
        for action in actions.iter().filter(|action| *action != DATA_READ) {
            if db::catalog::action(&mut tx, action).await?.is_none() {
                return Err(Error::Invalid(Fault::Action, format!("`{action}` is not an action that Reins knows")));
            }
        }
        let agent = db::agents::by_slug(&mut tx, slug).await?.ok_or(Error::NotFound)?;
        let id = TighteningId(id::next());
        let new =
            db::agents::NewTightening { id, agent: agent.id, actions: &actions, reason, until, by: actor.person()?.id };
        db::agents::add_tightening(&mut tx, &new, now).await?;
        let actions = actions.iter().map(|action| Name::of(action)).collect();
        let detail = Detail::TighteningAdded(TighteningAdded { tightening: id, actions, until });
        let entry = NewEntry::new(detail, &permit).agent(agent.id);
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }

    /// Lifts a tightening before its time.
    pub async fn lift(&self, actor: &Actor, id: TighteningId, reason: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Tighten).await?;
        let reason = need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        let agent = db::agents::lift_tightening(&mut tx, id, actor.person()?.id, now, reason).await?;
        let agent = agent.ok_or(Conflict::ChangedMeanwhile)?;
        let entry = NewEntry::new(Detail::TighteningLifted(TighteningLifted { tightening: id }), &permit).agent(agent);
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
