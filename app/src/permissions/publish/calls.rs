//! What is asked of the server about a draft as a whole.

use domain::{
    draft::{DraftSeen, Publication},
    fault::Fault,
};
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths::{after, permissions, publish as publish_page, version},
    server::{actor, done, governance},
    ui::Done,
};

fn draft_seen(text: &str) -> Result<DraftSeen, UiError> {
    text.parse().map_err(|()| UiError::Invalid(Fault::Other))
}

/// The draft that the page showed; none where it showed none.
fn maybe_seen(text: &str) -> Result<Option<DraftSeen>, UiError> {
    if text.is_empty() { Ok(None) } else { draft_seen(text).map(Some) }
}

#[server]
pub async fn discard(agent: String, seen: String) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.discard_draft(&actor, &agent, draft_seen(&seen)?).await?;
    done(after(permissions(&agent), Done::DraftDiscarded))
}

#[server]
pub async fn take_back(agent: String, #[server(default)] seen: String) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.take_back_draft(&actor, &agent, maybe_seen(&seen)?).await?;
    done(after(permissions(&agent), Done::DraftBack))
}

/// Carries the draft over to a version that was published meanwhile.
#[server]
pub async fn catch_up(agent: String, seen: String) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.catch_up_draft(&actor, &agent, draft_seen(&seen)?).await?;
    done(after(permissions(&agent), Done::CaughtUp))
}

/// Begins a draft from an older version.
#[server]
pub async fn restore(agent: String, version: i32, #[server(default)] seen: String) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.restore_version(&actor, &agent, version, maybe_seen(&seen)?).await?;
    done(after(permissions(&agent), Done::Restored))
}

#[server]
pub async fn propose(
    agent: String,
    seen: String,
    note: String,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let publication = Publication { seen: draft_seen(&seen)?, note, accepted };
    governance.propose(&actor, &agent, &publication).await?;
    done(after(publish_page(&agent), Done::Proposed))
}

#[server]
pub async fn publish(
    agent: String,
    seen: String,
    note: String,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let publication = Publication { seen: draft_seen(&seen)?, note, accepted };
    let number = governance.publish(&actor, &agent, &publication).await?;
    done(after(version(&agent, number), Done::Published))
}
