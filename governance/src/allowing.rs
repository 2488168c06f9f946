//! Who may do what; a refusal is recorded.

use domain::{entry::Kind, role::Capability};
use serde_json::json;

use crate::{
    Governance,
    actor::Actor,
    db,
    entry::NewEntry,
    error::{Error, Result},
};

impl Governance {
    /// Records that somebody tried what they may not do.
    pub async fn refused(&self, actor: &Actor, what: &str) -> Result<()> {
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        NewEntry::new(Kind::Refused, actor).detail(json!({ "what": what })).write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Refuses, and records the refusal, unless the actor may do it.
    pub(crate) async fn allow(&self, actor: &Actor, capability: Capability) -> Result<()> {
        if actor.can(capability) {
            return Ok(());
        }
        self.refused(actor, capability.words()).await?;
        Err(Error::Forbidden)
    }
}
