//! Pausing and resuming all that runs on an integration. Both are changes of control, as decisions rest on them.

use chrono::{DateTime, Utc};
use domain::{
    entry::{Detail, Name, OfIntegration},
    role::Capability,
};
use serde_json::json;

use crate::{Actor, Conflict, Governance, Result, db, entry::NewEntry, reasons::need_reason};

impl Governance {
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
        let by = permit.person().ok();
        let reason = need_reason(reason)?;
        let (mut tx, now) = self.begin_control().await?;
        let done = match ends {
            None => db::integrations::pause(&mut tx, slug, by, reason, now).await?,
            Some(opened) => db::integrations::resume(&mut tx, slug, opened, by, reason, now).await?,
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
