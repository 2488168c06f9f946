//! What is asked of the server about a draft as a whole.

use domain::{
    authoring::draft::{DraftSeen, Publication},
    fault::Fault,
    role::Capability,
};
use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{after, permissions, publish as publish_page, version},
    permissions::both::telling_both,
    server::{actor, again, done, governance},
    ui::Done,
};

use super::typed::Typed;

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<Discard>(Capability::Govern),
    function::<TakeBack>(Capability::Govern),
    function::<CatchUp>(Capability::Govern),
    function::<Restore>(Capability::Govern),
    function::<Propose>(Capability::Govern),
    function::<Publish>(Capability::Govern),
];

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
    let caught_up = governance()?.catch_up_draft(&actor, &agent, draft_seen(&seen)?).await?;
    done(telling_both(after(permissions(&agent), Done::CaughtUp), &caught_up.both))
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
    #[server(default)] seen_by: String,
    note: String,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let typed = typed(&note, &accepted, true);
    let proposed = async {
        let publication = Publication { seen: draft_seen(&seen)?, read_by: seen_by, note, accepted };
        Ok(governance.propose(&actor, &agent, &publication).await?)
    };
    match proposed.await {
        Ok(()) => done(after(publish_page(&agent), Done::Proposed)),
        Err(error) => again::<Propose>(&publish_page(&agent), error, &typed),
    }
}

#[server]
pub async fn publish(
    agent: String,
    seen: String,
    #[server(default)] seen_by: String,
    note: String,
    #[server(default)] accepted: Vec<String>,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let typed = typed(&note, &accepted, false);
    let published = async {
        let publication = Publication { seen: draft_seen(&seen)?, read_by: seen_by, note, accepted };
        Ok(governance.publish(&actor, &agent, &publication).await?)
    };
    match published.await {
        Ok(number) => done(after(version(&agent, number), Done::Published)),
        Err(error) => again::<Publish>(&publish_page(&agent), error, &typed),
    }
}

fn typed(note: &str, accepted: &[String], proposing: bool) -> Typed {
    Typed { note: note.replace("\r\n", "\n"), accepted: accepted.to_vec(), proposing }
}
