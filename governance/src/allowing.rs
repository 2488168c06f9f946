//! Who may do what; a refusal is recorded.

use domain::{
    entry::{Detail, Refused},
    role::Capability,
};
use serde_json::json;

use crate::{
    Governance,
    actor::Actor,
    db,
    entry::NewEntry,
    error::{Error, Result},
    permit::Permit,
};

impl Governance {
    /// Records that somebody tried what they may not do: `what` in words of Reins, and `about` which thing.
    pub async fn refused(&self, actor: &Actor, what: &'static str, about: Option<&str>) -> Result<()> {
        let permit = Permit::check(actor, Capability::Look).ok_or(Error::Forbidden)?;
        let mut tx = self.0.pages.begin_with(db::begin::BEGIN).await?;
        let now = db::control::head(&mut tx).await?.now;
        let mut entry = NewEntry::new(Detail::Refused(Refused { what: what.into() }), &permit);
        if let Some(about) = about {
            entry = entry.personal(json!({ "about": about }))?;
        }
        entry.write(&mut tx, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Refuses, and records the refusal, unless the actor may do it.
    pub(crate) async fn allow(&self, actor: &Actor, capability: Capability) -> Result<Permit> {
        if let Some(permit) = Permit::check(actor, capability) {
            return Ok(permit);
        }
        self.refused(actor, capability.words(), None).await?;
        Err(Error::Forbidden)
    }
}
