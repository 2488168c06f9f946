//! What the integrations page asks of the server.

use domain::view::IntegrationView;
use leptos::prelude::*;

use crate::error::UiError;

#[server]
pub async fn load_integrations() -> Result<Vec<IntegrationView>, UiError> {
    use crate::server::{actor, governance};
    let actor = actor().await?;
    let governance = governance()?;
    Ok(governance.integrations(&actor).await?)
}

/// Opens the circuit breaker: nothing goes through the integration until it is closed.
#[server]
pub async fn open_breaker(slug: String, reason: String) -> Result<(), UiError> {
    use crate::{
        paths::{after, integrations},
        server::{actor, done, governance},
        ui::Done,
    };
    let actor = actor().await?;
    let governance = governance()?;
    governance.open_breaker(&actor, &slug, &reason).await?;
    done(after(integrations(), Done::BreakerOpened))
}

#[server]
pub async fn close_breaker(slug: String, reason: String) -> Result<(), UiError> {
    use crate::{
        paths::{after, integrations},
        server::{actor, done, governance},
        ui::Done,
    };
    let actor = actor().await?;
    let governance = governance()?;
    governance.close_breaker(&actor, &slug, &reason).await?;
    done(after(integrations(), Done::BreakerClosed))
}
