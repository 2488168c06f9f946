//! Integrations, and their circuit breakers by hand.

use domain::{entry::Kind, role::Capability, view::IntegrationView};
use serde_json::json;

use crate::{Actor, Conflict, Governance, Result, db, record::NewEntry, settle::need_reason};

impl Governance {
    pub async fn integrations(&self, actor: &Actor) -> Result<Vec<IntegrationView>> {
        self.allow(actor, Capability::Look).await?;
        let (control, _) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        db::agents::integrations(&mut connection, &control).await
    }

    /// Pauses everything that runs on this integration.
    pub async fn open_breaker(&self, actor: &Actor, slug: &str, reason: &str) -> Result<()> {
        self.set_breaker(actor, slug, true, reason).await
    }

    pub async fn close_breaker(&self, actor: &Actor, slug: &str, reason: &str) -> Result<()> {
        self.set_breaker(actor, slug, false, reason).await
    }

    async fn set_breaker(&self, actor: &Actor, slug: &str, open: bool, reason: &str) -> Result<()> {
        self.allow(actor, Capability::Break).await?;
        let reason = need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        if !db::agents::set_breaker(&mut tx, slug, open, reason, now).await? {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let kind = if open { Kind::BreakerOpened } else { Kind::BreakerClosed };
        let entry = NewEntry::new(kind, actor).detail(json!({ "integration": slug }));
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
