//! Integrations, and their circuit breakers by hand.

use chrono::{DateTime, Utc};
use domain::{
    entry::{Detail, Name, OfIntegration},
    role::Capability,
    view::IntegrationView,
};
use serde_json::json;

use crate::{Actor, Conflict, Governance, Result, db, entry::NewEntry, reasons::need_reason};

impl Governance {
    pub async fn integrations(&self, actor: &Actor) -> Result<Vec<IntegrationView>> {
        self.allow(actor, Capability::Look).await?;
        let (control, _) = self.control_now().await?;
        let mut connection = self.0.pages.acquire().await?;
        db::agents::integrations(&mut connection, &control).await
    }

    /// Pauses everything that runs on this integration.
    pub async fn open_breaker(&self, actor: &Actor, slug: &str, reason: &str) -> Result<()> {
        self.set_breaker(actor, slug, None, reason).await
    }

    /// Ends the pause that was `opened` then, and no later one.
    pub async fn close_breaker(&self, actor: &Actor, slug: &str, opened: DateTime<Utc>, reason: &str) -> Result<()> {
        self.set_breaker(actor, slug, Some(opened), reason).await
    }

    async fn set_breaker(&self, actor: &Actor, slug: &str, ends: Option<DateTime<Utc>>, reason: &str) -> Result<()> {
        let permit = self.allow(actor, Capability::Break).await?;
        let reason = need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        let done = match ends {
            None => db::agents::open_breaker(&mut tx, slug, reason, now).await?,
            Some(opened) => db::agents::close_breaker(&mut tx, slug, opened, reason, now).await?,
        };
        if !done {
            return Err(Conflict::ChangedMeanwhile.into());
        }
        let of = OfIntegration { integration: Name::of(slug) };
        let detail = if ends.is_none() { Detail::BreakerOpened(of) } else { Detail::BreakerClosed(of) };
        let entry = NewEntry::new(detail, &permit);
        entry.personal(json!({ "reason": reason }))?.write(&mut tx, now).await?;
        self.commit(tx).await
    }
}
