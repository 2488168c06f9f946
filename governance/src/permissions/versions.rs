//! The versions of an agent's permissions: what was in force, since when, and who published it.

use domain::{
    authoring::{
        difference::differences,
        draft::{Comparison, DraftConflict, Side, VersionView, VersionsPage},
    },
    id::AgentId,
    permission::PermissionSet,
    role::Capability,
    sentence,
};
use sqlx::PgConnection;

use crate::{Actor, Error, Governance, Result, db, permissions::drafts::blank};

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

    /// One version, and what it changed of the one before.
    pub async fn version(&self, actor: &Actor, slug: &str, version: i32) -> Result<VersionView> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::pages::agent_row(&mut connection, &control, slug, now).await?.ok_or(Error::NotFound)?;
        let found = db::versions::find(&mut connection, agent.link.id, version).await?;
        let (row, permissions) = found.ok_or(Error::NotFound)?;
        let before = match version.checked_sub(1) {
            Some(before) => db::versions::find(&mut connection, agent.link.id, before).await?,
            None => None,
        };
        let before = match before {
            Some((_, before)) => before,
            None => blank(&mut connection).await?,
        };
        let sentences = sentence::permission_set(&permissions, &control.names);
        let differences = differences(&before, &permissions, &control.names);
        Ok(VersionView { agent, row, permissions, sentences, differences, now })
    }

    /// What differs between two versions, or the draft and a version.
    pub async fn compare(&self, actor: &Actor, slug: &str, old: Side, new: Side) -> Result<Comparison> {
        self.allow(actor, Capability::Look).await?;
        let (control, now) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        let agent = db::pages::agent_row(&mut connection, &control, slug, now).await?.ok_or(Error::NotFound)?;
        let id = agent.link.id;
        let before = side(&mut connection, id, old).await?;
        let after = side(&mut connection, id, new).await?;
        let (versions, _) = db::versions::page(&mut connection, id, None).await?;
        let has_draft = db::drafts::open(&mut connection, id).await?.is_some();
        let differences = differences(&before, &after, &control.names);
        Ok(Comparison { agent, old, new, differences, versions, has_draft, now })
    }
}

async fn side(connection: &mut PgConnection, agent: AgentId, side: Side) -> Result<PermissionSet> {
    match side {
        Side::Draft => {
            let draft = db::drafts::open(connection, agent).await?.ok_or(DraftConflict::Gone)?;
            Ok(draft.permissions)
        }
        Side::Version(version) => {
            let (_, permissions) = db::versions::find(connection, agent, version).await?.ok_or(Error::NotFound)?;
            Ok(permissions)
        }
    }
}
