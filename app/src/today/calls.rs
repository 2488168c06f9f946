use domain::{
    id::{EntryId, RequestId},
    state::Outcome,
};
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths,
    server::{actor, done, governance},
    ui::Done,
};

#[server]
pub async fn settle_unknown(request: RequestId, outcome: Outcome, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.settle(&actor, request, outcome, &reason).await?;
    done(paths::after(paths::today(), Done::Settled))
}

#[server]
pub async fn settle_breach(entry: EntryId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.settle_breach(&actor, entry, &reason).await?;
    done(paths::after(paths::today(), Done::Settled))
}
