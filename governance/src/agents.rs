//! Agents as people see them, and their mode.

use domain::{
    agent::Mode,
    entry::Kind,
    role::Capability,
    view::{AgentRow, AgentView},
};
use serde_json::json;

use crate::{Actor, Conflict, Error, Governance, Result, db, record::NewEntry, settle::need_reason};

impl Governance {
    pub async fn agents(&self, actor: &Actor) -> Result<Vec<AgentRow>> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        db::pages::agents(&self.0.pages, &control, now).await
    }

    pub async fn agent(&self, actor: &Actor, slug: &str) -> Result<AgentView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        db::pages::agent(&self.0.pages, &control, slug, now).await?.ok_or(Error::NotFound)
    }

    /// Decisions per day, for the chart.
    pub async fn days(&self, actor: &Actor, slug: &str) -> Result<Vec<domain::view::Day>> {
        self.allow(actor, Capability::Look).await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::agents::by_slug(&mut connection, slug).await?.ok_or(Error::NotFound)?;
        db::pages::days(&mut connection, agent.id).await
    }

    pub async fn set_mode(&self, actor: &Actor, slug: &str, mode: Mode, reason: &str) -> Result<()> {
        self.allow(actor, Capability::Govern).await?;
        let reason = need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        let agent = db::agents::by_slug(&mut tx, slug).await?.ok_or(Error::NotFound)?;
        let before = db::agents::mode(&mut tx, agent.id).await?;
        if !before.may_become(mode) {
            return Err(Conflict::Other(format!("a {} agent cannot become {}", before.name(), mode.name())).into());
        }
        db::agents::set_mode(&mut tx, agent.id, mode, now).await?;
        let detail = json!({ "from": before, "to": mode });
        let entry = NewEntry::new(Kind::ModeChanged, actor).agent(agent.id).detail(detail);
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }
}
