use chrono::{DateTime, Utc};
use domain::{
    id::{EntryId, RequestId},
    role::Capability,
    state::Outcome,
};
use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Call, function},
    paths,
    server::{actor, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<SettleUnknown>(Capability::Settle),
    function::<SettleBreaches>(Capability::Settle),
    function::<SeeUnclaimed>(Capability::Look),
    function::<SettleBreach>(Capability::Settle),
];

#[server]
pub async fn settle_unknown(request: RequestId, outcome: Outcome, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.settle(&actor, request, outcome, &reason).await?;
    done(paths::after(paths::today(), Done::Settled))
}

/// Settles the oldest breaches of an agent up to what its reader saw, with one reason.
#[server]
pub async fn settle_breaches(
    agent: String,
    seen_until: DateTime<Utc>,
    seen_count: u32,
    reason: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.settle_breaches(&actor, &agent, (seen_until, seen_count), &reason).await?;
    done(paths::after(paths::today(), Done::Settled))
}

/// What was never claimed leaves the reader's page of today.
#[server]
pub async fn see_unclaimed(request: RequestId) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.see_unclaimed(&actor, request).await?;
    done(paths::today())
}

#[server]
pub async fn settle_breach(entry: EntryId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.settle_breach(&actor, entry, &reason).await?;
    done(paths::after(paths::today(), Done::Settled))
}
