//! What the integrations page asks of the server.

use chrono::{DateTime, Utc};
use domain::role::Capability;
use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{after, integrations},
    server::{actor, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[function::<OpenBreaker>(Capability::Break), function::<CloseBreaker>(Capability::Break)];

/// Opens the circuit breaker: nothing goes through the integration until it is closed.
#[server]
pub async fn open_breaker(slug: String, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.open_breaker(&actor, &slug, &reason).await?;
    done(after(integrations(), Done::BreakerOpened))
}

#[server]
pub async fn close_breaker(slug: String, opened: DateTime<Utc>, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.close_breaker(&actor, &slug, opened, &reason).await?;
    done(after(integrations(), Done::BreakerClosed))
}
