use chrono::{DateTime, Utc};
use domain::{agent::Mode, agent_file::AgentHead, fault::Fault, id::TighteningId, words};
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths::{self, escaped},
    server::{actor, again, done, governance},
    ui::Done,
};

/// What addresses name already.
const TAKEN: [&str; 2] = ["import", "new"];

/// Without a short name, one is made from the name.
#[server]
pub async fn create_agent(
    name: String,
    #[server(default)] slug: String,
    #[server(default)] purpose: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let typed = format!("?name={}&slug={}&purpose={}", escaped(&name), escaped(&slug), escaped(&purpose));
    let slug = if slug.trim().is_empty() { words::short_name(&name) } else { slug.trim().to_owned() };
    if TAKEN.contains(&slug.as_str()) {
        return again::<CreateAgent>(&format!("{}{typed}", paths::new_agent()), UiError::Invalid(Fault::Slug));
    }
    let head = AgentHead { slug, name: name.trim().to_owned(), purpose: as_sent(purpose.trim()) };
    match governance.create_agent(&actor, &head).await {
        Ok(()) => done(paths::after(paths::permissions(&head.slug), Done::AgentCreated)),
        Err(error) => again::<CreateAgent>(&format!("{}{typed}", paths::new_agent()), error.into()),
    }
}

/// Another name or purpose for the agent as it was seen.
#[server]
pub async fn describe_agent(
    agent: String,
    #[server(default)] seen_name: String,
    #[server(default)] seen_purpose: String,
    name: String,
    #[server(default)] purpose: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let seen = AgentHead { slug: agent.clone(), name: seen_name, purpose: as_sent(&seen_purpose) };
    governance.describe_agent(&actor, &seen, name.trim(), as_sent(&purpose).trim()).await?;
    done(paths::after(paths::agent(&agent), Done::AgentDescribed))
}

/// A browser ends the lines of a form with both characters.
fn as_sent(text: &str) -> String {
    text.replace("\r\n", "\n")
}

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
