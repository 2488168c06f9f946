//! What is open and could not be carried out after a change: whoever makes that is told before.

use domain::{id::AgentId, permission::PermissionSet, role::Capability};

use crate::{
    Actor, Error, Governance, Result,
    control::Control,
    db::{
        self,
        pages::{Of, count_open},
    },
};

impl Governance {
    /// How much of an agent waits or is approved, counted up to [`MOST_WAITING`](domain::view::MOST_WAITING).
    pub async fn open_of(&self, actor: &Actor, slug: &str) -> Result<u32> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        let all = Of { agent: agent.id, action: None };
        Ok(count_open(&mut connection, &[vec![all]]).await?.into_iter().sum())
    }

    /// How much could not be carried out any more once the open draft of an agent is published, counted so.
    pub async fn ends_with_draft(&self, actor: &Actor, slug: &str) -> Result<u32> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        let Some(draft) = db::drafts::open(&mut connection, agent.id).await? else { return Ok(0) };
        drop(connection);
        self.ending(|of, action| of == agent.id && !carries_out(&draft.permissions, action)).await
    }

    /// How much of what could be carried out now is of these agents and actions, counted so. It only informs: it is read
    /// while no decision waits.
    pub(crate) async fn ending(&self, ends: impl Fn(AgentId, &str) -> bool + Send + Sync) -> Result<u32> {
        let mut connection = self.0.pages.acquire().await?;
        let (control, _) = self.control(&mut connection).await?;
        let ends = control.carried_out(ends);
        Ok(count_open(&mut connection, &[ends]).await?.into_iter().sum())
    }
}

impl Control {
    /// What agents would carry out now, by the revisions in force, and is of these agents and actions.
    pub fn carried_out(&self, is_in: impl Fn(AgentId, &str) -> bool) -> Vec<Of<'_>> {
        let actions = || self.actions.iter().map(|(action, (revision, _))| (action.as_str(), *revision));
        let all = self.agents.keys().flat_map(|agent| actions().map(|(action, revision)| (*agent, action, revision)));
        let able = all.filter(|(agent, action, revision)| {
            is_in(*agent, action) && self.in_vain(*agent, action, Some(*revision)).is_none()
        });
        able.map(|(agent, action, revision)| Of { agent, action: Some((action, revision)) }).collect()
    }
}

pub(crate) fn carries_out(set: &PermissionSet, action: &str) -> bool {
    let scope = &set.action_scope;
    !scope.deny.contains(action) && scope.allow.get(action).is_some_and(|allowance| !allowance.shadow)
}
