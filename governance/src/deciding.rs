//! How what decides begins, and what changes what decisions rest on.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, Transaction};

use crate::{Governance, control::Control, db, error::Result};

/// A transaction that decides, the control state that it sees, and the database's clock.
pub(crate) type Begun = (Transaction<'static, Postgres>, Arc<Control>, DateTime<Utc>);

impl Governance {
    /// Begins a transaction that decides: takes the control lock shared, then reads the control state and the time.
    pub(crate) async fn begin_decision(&self) -> Result<Begun> {
        let mut tx = self.0.decisions.begin_with(db::begin::BEGIN_DECISION).await?;
        let (control, now) = self.control(&mut tx).await?;
        Ok((tx, control, now))
    }

    /// Begins a transaction that changes the control state.
    pub(crate) async fn begin_control(&self) -> Result<(Transaction<'static, Postgres>, DateTime<Utc>)> {
        let mut tx = self.0.controls.begin_with(db::begin::BEGIN).await?;
        db::control::lock_exclusive(&mut tx).await?;
        let now = db::control::raise_revision(&mut tx).await?;
        Ok((tx, now))
    }

    /// The control state as this transaction sees it, and the database's clock.
    pub(crate) async fn control(&self, connection: &mut PgConnection) -> Result<(Arc<Control>, DateTime<Utc>)> {
        let head = db::control::head(connection).await?;
        let before = self.remembered();
        if let Some(control) = before.as_ref().filter(|control| control.revision == head.revision) {
            return Ok((control.clone(), head.now));
        }
        let control = Arc::new(db::control::load(connection, &head, before.as_deref()).await?);
        self.0.counts.control_loads.fetch_add(1, Relaxed);
        if let Ok(mut slot) = self.0.control.write() {
            *slot = Some(control.clone());
        }
        Ok((control, head.now))
    }

    /// The control state as it was read last: a guess, until a transaction that decides has read the same revision.
    pub(crate) fn remembered(&self) -> Option<Arc<Control>> {
        self.0.control.read().ok().and_then(|slot| slot.clone())
    }

    /// The control state for a page, which decides nothing.
    pub(crate) async fn control_now(&self) -> Result<(Arc<Control>, DateTime<Utc>)> {
        let mut connection = self.0.pages.acquire().await?;
        self.control(&mut connection).await
    }
}
