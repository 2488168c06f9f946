//! What the approval pages ask of the server.

use domain::{
    id::RequestId,
    state::Outcome,
    view::{self, RequestView},
};
use leptos::prelude::*;

use super::fields::Fields;
use crate::error::UiError;

/// What waits in a queue, or in all of mine.
#[server]
pub async fn load_approvals(queue: Option<String>) -> Result<view::ApprovalsPage, UiError> {
    use crate::server::{actor, governance};
    let actor = actor().await?;
    let governance = governance()?;
    Ok(governance.approvals(&actor, queue.as_deref()).await?)
}

/// One request, whole. What is no id is of no request.
#[server]
pub async fn load_request(id: String) -> Result<RequestView, UiError> {
    use crate::server::{actor, governance};
    let actor = actor().await?;
    let governance = governance()?;
    let id: RequestId = id.parse().map_err(|_| ::governance::Error::NotFound)?;
    Ok(governance.request(&actor, id).await?)
}

#[server]
pub async fn approve(id: RequestId, digest: String, #[server(default)] note: String) -> Result<(), UiError> {
    use crate::server::{actor, done, governance};
    let actor = actor().await?;
    let governance = governance()?;
    governance.approve(&actor, id, &digest, &note).await?;
    done(crate::paths::request(id))
}

/// Approves other arguments than those that were asked for.
#[server]
pub async fn change_and_approve(
    id: RequestId,
    digest: String,
    #[server(default)] fields: Fields,
    #[server(default)] note: String,
) -> Result<(), UiError> {
    use super::fields::arguments;
    use crate::server::{actor, done, governance};
    let actor = actor().await?;
    let governance = governance()?;
    let schema = governance.request(&actor, id).await?.schema.unwrap_or_else(domain::schema::Schema::nothing);
    governance.change_and_approve(&actor, id, &digest, arguments(&schema, &fields), &note).await?;
    done(crate::paths::request(id))
}

#[server]
pub async fn reject(id: RequestId, digest: String, reason: String) -> Result<(), UiError> {
    use crate::{
        paths::{after, request},
        server::{actor, done, governance},
        ui::Done,
    };
    let actor = actor().await?;
    let governance = governance()?;
    governance.reject(&actor, id, &digest, &reason).await?;
    done(after(request(id), Done::Rejected))
}

/// Records that what was carried out has been undone.
#[server]
pub async fn roll_back(id: RequestId, reason: String) -> Result<(), UiError> {
    use crate::{
        paths::{after, request},
        server::{actor, done, governance},
        ui::Done,
    };
    let actor = actor().await?;
    let governance = governance()?;
    governance.roll_back(&actor, id, &reason).await?;
    done(after(request(id), Done::RolledBack))
}

/// Says that what a customer complained about is cleared up.
#[server]
pub async fn resolve_complaint(id: RequestId, reason: String) -> Result<(), UiError> {
    use crate::{
        paths::{after, request},
        server::{actor, done, governance},
        ui::Done,
    };
    let actor = actor().await?;
    let governance = governance()?;
    governance.resolve_complaint(&actor, id, &reason).await?;
    done(after(request(id), Done::Resolved))
}

/// Says what came of a request whose outcome nobody knew.
#[server]
pub async fn settle(id: RequestId, outcome: Outcome, reason: String) -> Result<(), UiError> {
    use crate::{
        paths::{after, request},
        server::{actor, done, governance},
        ui::Done,
    };
    let actor = actor().await?;
    let governance = governance()?;
    governance.settle_unknown(&actor, id, outcome, &reason).await?;
    done(after(request(id), Done::Settled))
}
