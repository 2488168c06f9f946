//! The versions of an agent's permissions: what was in force, since when, and who published it.

use domain::{
    draft::{VersionView, VersionsPage},
    role::Capability,
    sentence,
};

use crate::{Actor, Error, Governance, Result, db};

impl Governance {
    /// A page of versions, the newest first; those before `before`, where it is given.
    pub async fn versions(&self, actor: &Actor, slug: &str, before: Option<i32>) -> Result<VersionsPage> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::pages::agent_row(&mut connection, &control, slug, now).await?.ok_or(Error::NotFound)?;
        let (versions, next) = db::versions::page(&mut connection, agent.link.id, before).await?;
        Ok(VersionsPage { agent, versions, next, now })
    }

    pub async fn version(&self, actor: &Actor, slug: &str, version: i32) -> Result<VersionView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::pages::agent_row(&mut connection, &control, slug, now).await?.ok_or(Error::NotFound)?;
        let found = db::versions::find(&mut connection, agent.link.id, version).await?;
        let (row, permissions) = found.ok_or(Error::NotFound)?;
        let sentences = sentence::permission_set(&permissions, &control.names);
        Ok(VersionView { agent, row, permissions, sentences, now })
    }
}
