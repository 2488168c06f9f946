use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    agent_file::AgentHead,
    fault::Fault,
    id::TighteningId,
    phase::{Move, Phase},
    role::Capability,
    words,
};
use governance::{Came, starting_points::StartingPoint};
use leptos::prelude::*;

use super::{new::Typed, starting::StartForm};
use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{self, after},
    server::{actor, again, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<CreateAgent>(Capability::Govern),
    function::<DescribeAgent>(Capability::Govern),
    function::<SetMode>(Capability::Govern),
    function::<Tighten>(Capability::Tighten),
    function::<Lift>(Capability::Tighten),
    function::<OpenBreaker>(Capability::Break),
    function::<CloseBreaker>(Capability::Break),
];

/// Without a short name, one is made from the name; without a purpose, it is that of the starting point.
#[server]
pub async fn create_agent(
    name: String,
    #[server(default)] slug: String,
    #[server(default)] purpose: String,
    #[server(default)] start: StartForm,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let typed = Typed { name: name.clone(), slug: slug.clone(), purpose: as_sent(&purpose), start: start.clone() };

    let slug = if slug.trim().is_empty() { words::short_name(&name) } else { slug.trim().to_owned() };
    let purpose = match purpose.trim() {
        "" => purpose_of(&start.point),
        purpose => as_sent(purpose),
    };
    let head = AgentHead { slug, name: name.trim().to_owned(), purpose };
    let may = actor.can(Capability::Govern);
    let made = match start.read() {
        // Nobody is refused for what does not fit before it is known whether they may.
        Err(fault) if may => Err(UiError::Invalid(fault)),
        start => governance.create_agent(&actor, &head, start.unwrap_or(None)).await.map_err(UiError::from),
    };
    match made {
        Ok(()) => done(after(paths::permissions(&head.slug), Done::AgentCreated)),
        Err(error) => again::<CreateAgent>(&paths::new_agent(), error, &typed),
    }
}

fn purpose_of(point: &str) -> String {
    let file = StartingPoint::find(point).and_then(|point| point.as_written().ok());
    file.map(|file| file.agent.purpose).unwrap_or_default()
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
    match governance.describe_agent(&actor, &seen, name.trim(), as_sent(&purpose).trim()).await {
        Ok(Came::Done) => done(after(paths::agent(&agent), Done::AgentDescribed)),
        Ok(Came::Proposed) => done(after(paths::changes(), Done::ChangeProposed)),
        Err(error) => again::<DescribeAgent>(&paths::agent(&agent), error.into(), &(name, as_sent(&purpose))),
    }
}

/// A browser ends the lines of a form with both characters.
fn as_sent(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// What is moved on is the agent that was seen in this phase, or in none.
#[server]
pub async fn set_mode(agent: String, seen: String, mode: Move, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.move_seen_agent(&actor, &agent, Phase::parse(&seen), mode, &reason).await {
        Ok(_) => {
            let what = match mode {
                Move::Begin(Phase::Shadow) => Done::MadeShadow,
                Move::Begin(Phase::Live) => Done::MadeLive,
                Move::Begin(Phase::Rescue) => Done::RescueBegun,
                Move::Begin(Phase::Expansion) => Done::ExpansionBegun,
                Move::Retire => Done::MadeRetired,
            };
            done(after(paths::agent(&agent), what))
        }
        Err(error) => again::<SetMode>(&paths::agent(&agent), error.into(), &(mode, as_sent(&reason))),
    }
}

/// Without any actions, all of them; without a number of days, until a person lifts it.
#[server]
pub async fn tighten(
    agent: String,
    #[server(default)] actions: Vec<String>,
    reason: String,
    days: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let lasts = match days.as_str() {
        "" => None,
        days => Some(TimeDelta::days(days.parse::<u8>().map_err(|_| UiError::Invalid(Fault::Span))?.into())),
    };
    governance.tighten(&actor, &agent, actions.into_iter().collect(), &reason, lasts).await?;
    done(after(paths::agent(&agent), Done::Tightened))
}

#[server]
pub async fn lift(agent: String, tightening: TighteningId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.lift(&actor, tightening, &reason).await?;
    done(after(paths::agent(&agent), Done::Lifted))
}

#[server]
pub async fn open_breaker(agent: String, integration: String, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.open_breaker(&actor, &integration, &reason).await?;
    done(after(paths::agent(&agent), Done::BreakerOpened))
}

#[server]
pub async fn close_breaker(
    agent: String,
    integration: String,
    opened: DateTime<Utc>,
    reason: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.close_breaker(&actor, &integration, opened, &reason).await?;
    done(after(paths::agent(&agent), Done::BreakerClosed))
}
