//! What is open and could not be carried out after a change: whoever makes that is told before.

use domain::{id::AgentId, permission::PermissionSet, role::Capability};
use sqlx::PgConnection;

use crate::{Actor, Error, Governance, Result, db};

/// How much waits or is approved, by its agent and action.
pub(crate) struct Open(Vec<(AgentId, String, u32)>);

impl Open {
    pub async fn load(connection: &mut PgConnection) -> Result<Self> {
        Ok(Self(db::requests::open(connection).await?))
    }

    /// How much of it asks for action types that are `changed`, or for what an agent would not carry out by its new
    /// permissions.
    pub fn ending(&self, changed: impl Fn(&str) -> bool, published: Option<(AgentId, &PermissionSet)>) -> u32 {
        let carries_out = |set: &PermissionSet, action: &str| {
            let scope = &set.action_scope;
            !scope.deny.contains(action) && scope.allow.get(action).is_some_and(|allowance| !allowance.shadow)
        };
        let ends = |(agent, action, _): &&(AgentId, String, u32)| {
            changed(action) || published.is_some_and(|(of, set)| of == *agent && !carries_out(set, action))
        };
        self.0.iter().filter(ends).fold(0, |sum, (.., count)| sum.saturating_add(*count))
    }
}

impl Governance {
    /// How much of an agent waits or is approved.
    pub async fn open_of(&self, actor: &Actor, slug: &str) -> Result<u32> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        let Open(all) = Open::load(&mut connection).await?;
        let of_it = all.iter().filter(|(of, ..)| *of == agent.id);
        Ok(of_it.fold(0, |sum, (.., count)| sum.saturating_add(*count)))
    }

    /// How much could not be carried out any more once the open draft of an agent is published.
    pub async fn ends_with_draft(&self, actor: &Actor, slug: &str) -> Result<u32> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        let Some(draft) = db::drafts::open(&mut connection, agent.id).await? else { return Ok(0) };
        Ok(Open::load(&mut connection).await?.ending(|_| false, Some((agent.id, &draft.permissions))))
    }
}
