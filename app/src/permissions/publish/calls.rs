//! What is asked of the server about a draft as a whole.

use domain::{
    draft::{DraftSeen, Publication},
    fault::Fault,
};
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths::{after, escaped, permissions, publish as publish_page, version},
    permissions::both::both_in_address,
    server::{actor, again, done, governance},
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
    let caught_up = governance()?.catch_up_draft(&actor, &agent, draft_seen(&seen)?).await?;
    let page = after(permissions(&agent), Done::CaughtUp);
    done(page + &both_in_address(&caught_up.both))
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
    let typed = typed(&agent, &note, &accepted);
    let proposed = async {
        let publication = Publication { seen: draft_seen(&seen)?, note, accepted };
        Ok(governance.propose(&actor, &agent, &publication).await?)
    };
    match proposed.await {
        Ok(()) => done(after(publish_page(&agent), Done::Proposed)),
        Err(error) => again::<Propose>(&typed, error),
    }
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
    let typed = typed(&agent, &note, &accepted);
    let published = async {
        let publication = Publication { seen: draft_seen(&seen)?, note, accepted };
        Ok(governance.publish(&actor, &agent, &publication).await?)
    };
    match published.await {
        Ok(number) => done(after(version(&agent, number), Done::Published)),
        Err(error) => again::<Publish>(&typed, error),
    }
}

/// Longer addresses are cut off on the way: ticks are soon set again, a note is not soon written again.
const MOST: usize = 6_000;

/// The page that holds the note, and the ticks that the address has room for.
fn typed(agent: &str, note: &str, accepted: &[String]) -> String {
    let note = escaped(&note.replace("\r\n", "\n"));
    let mut address = format!("{}?note={note}", publish_page(agent));
    for sentence in accepted {
        let tick = format!("&accepted={}", escaped(sentence));
        if address.len() + tick.len() > MOST {
            break;
        }
        address += &tick;
    }
    address
}
