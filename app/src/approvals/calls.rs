//! What the approval pages ask of the server.

use domain::{id::RequestId, schema::Schema, state::Outcome};
use islands::fields::{Fields, arguments};
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths::{after, request},
    server::{actor, done, governance},
    ui::Done,
};

#[server]
pub async fn approve(id: RequestId, digest: String, #[server(default)] note: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.approve(&actor, id, &digest, &note).await?;
    done(request(id))
}

/// Approves other arguments than those that were asked for.
#[server]
pub async fn change_and_approve(
    id: RequestId,
    digest: String,
    #[server(default)] fields: Fields,
    #[server(default)] note: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let schema = governance.request(&actor, id).await?.schema.unwrap_or_else(Schema::nothing);
    governance.change_and_approve(&actor, id, &digest, arguments(&schema, &fields), &note).await?;
    done(request(id))
}

#[server]
pub async fn reject(id: RequestId, digest: String, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.reject(&actor, id, &digest, &reason).await?;
    done(after(request(id), Done::Rejected))
}

/// Records that what was carried out has been undone.
#[server]
pub async fn roll_back(id: RequestId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.roll_back(&actor, id, &reason).await?;
    done(after(request(id), Done::RolledBack))
}

/// Says that what a customer complained about is cleared up.
#[server]
pub async fn resolve_complaint(id: RequestId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.resolve_complaint(&actor, id, &reason).await?;
    done(after(request(id), Done::Resolved))
}

/// Says what came of a request whose outcome nobody knew.
#[server]
pub async fn settle(id: RequestId, outcome: Outcome, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.settle_unknown(&actor, id, outcome, &reason).await?;
    done(after(request(id), Done::Settled))
}
