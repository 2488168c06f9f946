//! What the approval pages ask of the server.

use domain::{
    fault::Fault,
    id::RequestId,
    role::Capability,
    schema::Schema,
    state::{Outcome, State},
};
use governance::{Actor, Error, Governance};
use islands::{
    difference::misfits,
    fields::{Fields, changed},
};
use leptos::prelude::*;

use super::wrote::{Wrote, not_taken};
use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{after, request},
    server::{actor, answered, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<Approve>(Capability::Decide),
    function::<ChangeAndApprove>(Capability::Decide),
    function::<Reject>(Capability::Decide),
    function::<RollBack>(Capability::Settle),
    function::<ResolveComplaint>(Capability::Settle),
    function::<Settle>(Capability::Settle),
];

#[server]
pub async fn approve(id: RequestId, digest: String, #[server(default)] note: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.approve(&actor, id, &digest, &note).await {
        Ok(()) => decided(&governance, &actor, id, Done::Approved, Done::SaidYes).await,
        Err(error) => not_taken::<Approve>(id, Wrote::new(&note), told(&actor, error)),
    }
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
    let seen = governance.request(&actor, id).await?;
    let schema = seen.schema.unwrap_or_else(Schema::nothing);
    let arguments = changed(&schema, &fields, &seen.ask.arguments);
    let misfits = misfits(&schema, &arguments);
    match governance.change_and_approve(&actor, id, &digest, arguments, &note).await {
        Ok(()) => decided(&governance, &actor, id, Done::ChangedAndApproved, Done::ChangedAndSaidYes).await,
        Err(error) => {
            let why = match &error {
                Error::Invalid(Fault::Rules, _) if !misfits.is_empty() => misfits,
                Error::Invalid(Fault::Rules, why) => vec![why.clone()],
                _ => Vec::new(),
            };
            not_taken::<ChangeAndApprove>(id, Wrote { fields, why, ..Wrote::new(&note) }, told(&actor, error))
        }
    }
}

#[server]
pub async fn reject(id: RequestId, digest: String, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.reject(&actor, id, &digest, &reason).await {
        Ok(()) => done(after(request(id), Done::Rejected)),
        Err(error) => not_taken::<Reject>(id, Wrote::new(&reason), told(&actor, error)),
    }
}

/// Back to the request, which says whether this yes was the last that was needed.
async fn decided(
    governance: &Governance,
    actor: &Actor,
    id: RequestId,
    approved: Done,
    still_waits: Done,
) -> Result<(), UiError> {
    match governance.request(actor, id).await.map(|seen| seen.row.state) {
        Ok(State::Waiting | State::Frozen) => done(after(request(id), still_waits)),
        Ok(_) => done(after(request(id), approved)),
        // It is recorded; how it stands now, the page says.
        Err(_) => done(request(id)),
    }
}

/// Whose role decides requests is not told that it is their role.
fn told(actor: &Actor, error: Error) -> UiError {
    match error {
        Error::Forbidden if actor.can(Capability::Decide) => answered(UiError::OtherQueue),
        error => error.into(),
    }
}

/// Records that what was carried out has been undone.
#[server]
pub async fn roll_back(id: RequestId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.roll_back(&actor, id, &reason).await {
        Ok(()) => done(after(request(id), Done::RolledBack)),
        Err(error) => not_taken::<RollBack>(id, Wrote::new(&reason), error.into()),
    }
}

/// Says that what a customer complained about is cleared up.
#[server]
pub async fn resolve_complaint(id: RequestId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.resolve_complaint(&actor, id, &reason).await {
        Ok(()) => done(after(request(id), Done::Resolved)),
        Err(error) => not_taken::<ResolveComplaint>(id, Wrote::new(&reason), error.into()),
    }
}

/// Says what came of a request whose outcome nobody knew.
#[server]
pub async fn settle(id: RequestId, outcome: Outcome, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    match governance.settle(&actor, id, outcome, &reason).await {
        Ok(()) => done(after(request(id), Done::Settled)),
        Err(error) => not_taken::<Settle>(id, Wrote::new(&reason), error.into()),
    }
}
