use chrono::{DateTime, Utc};
use domain::{agent::Mode, fault::Fault, id::TighteningId};
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths,
    server::{actor, done, governance},
    ui::Done,
};

#[server]
pub async fn set_mode(agent: String, mode: Mode, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.set_mode(&actor, &agent, mode, &reason).await?;
    done(paths::after(paths::agent(&agent), Done::ModeChanged))
}

/// Without any actions, all of them; without an end, until a person lifts it.
#[server]
pub async fn tighten(
    agent: String,
    #[server(default)] actions: Vec<String>,
    reason: String,
    until: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let until: Option<DateTime<Utc>> = match until.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| UiError::Invalid(Fault::Date))?),
    };
    governance.tighten(&actor, &agent, actions.into_iter().collect(), &reason, until).await?;
    done(paths::after(paths::agent(&agent), Done::Tightened))
}

#[server]
pub async fn lift(agent: String, tightening: TighteningId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.lift(&actor, tightening, &reason).await?;
    done(paths::after(paths::agent(&agent), Done::Lifted))
}

#[server]
pub async fn open_breaker(agent: String, integration: String, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.open_breaker(&actor, &integration, &reason).await?;
    done(paths::after(paths::agent(&agent), Done::BreakerOpened))
}

#[server]
pub async fn close_breaker(agent: String, integration: String, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.close_breaker(&actor, &integration, &reason).await?;
    done(paths::after(paths::agent(&agent), Done::BreakerClosed))
}
