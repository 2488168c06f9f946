use domain::{
    id::{EntryId, RequestId},
    state::Outcome,
    view::Today,
};
use leptos::prelude::*;

use crate::error::UiError;

#[server]
pub async fn load_today() -> Result<Today, UiError> {
    let actor = crate::server::actor().await?;
    let governance = crate::server::governance()?;
    Ok(governance.today(&actor).await?)
}

#[server]
pub async fn settle_unknown(request: RequestId, outcome: Outcome, reason: String) -> Result<(), UiError> {
    use crate::{paths, server, ui::Done};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    governance.settle_unknown(&actor, request, outcome, &reason).await?;
    server::done(paths::after(paths::today(), Done::Settled))
}

#[server]
pub async fn settle_breach(entry: EntryId, reason: String) -> Result<(), UiError> {
    use crate::{paths, server, ui::Done};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    governance.settle_breach(&actor, entry, &reason).await?;
    server::done(paths::after(paths::today(), Done::Settled))
}
