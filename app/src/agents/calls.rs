use domain::{
    agent::Mode,
    id::TighteningId,
    view::{AgentRow, AgentView},
};
use leptos::prelude::*;

use crate::error::UiError;

#[server]
pub async fn load_agents() -> Result<Vec<AgentRow>, UiError> {
    let actor = crate::server::actor().await?;
    let governance = crate::server::governance()?;
    Ok(governance.agents(&actor).await?)
}

#[server]
pub async fn load_agent(slug: String) -> Result<AgentView, UiError> {
    let actor = crate::server::actor().await?;
    let governance = crate::server::governance()?;
    Ok(governance.agent(&actor, &slug).await?)
}

#[server]
pub async fn set_mode(agent: String, mode: Mode, reason: String) -> Result<(), UiError> {
    use crate::{paths, server, ui::Done};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    governance.set_mode(&actor, &agent, mode, &reason).await?;
    server::done(paths::after(paths::agent(&agent), Done::ModeChanged))
}

/// Without any actions, all of them; without an end, until a person lifts it.
#[server]
pub async fn tighten(
    agent: String,
    #[server(default)] actions: Vec<String>,
    reason: String,
    until: String,
) -> Result<(), UiError> {
    use domain::fault::Fault;

    use crate::{paths, server, ui::Done};
    use chrono::{DateTime, Utc};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    let until: Option<DateTime<Utc>> = match until.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| UiError::Invalid(Fault::Date))?),
    };
    governance.tighten(&actor, &agent, actions.into_iter().collect(), &reason, until).await?;
    server::done(paths::after(paths::agent(&agent), Done::Tightened))
}

#[server]
pub async fn lift(agent: String, tightening: TighteningId, reason: String) -> Result<(), UiError> {
    use crate::{paths, server, ui::Done};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    governance.lift(&actor, tightening, &reason).await?;
    server::done(paths::after(paths::agent(&agent), Done::Lifted))
}

#[server]
pub async fn open_breaker(agent: String, integration: String, reason: String) -> Result<(), UiError> {
    use crate::{paths, server, ui::Done};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    governance.open_breaker(&actor, &integration, &reason).await?;
    server::done(paths::after(paths::agent(&agent), Done::BreakerOpened))
}

#[server]
pub async fn close_breaker(agent: String, integration: String, reason: String) -> Result<(), UiError> {
    use crate::{paths, server, ui::Done};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    governance.close_breaker(&actor, &integration, &reason).await?;
    server::done(paths::after(paths::agent(&agent), Done::BreakerClosed))
}
