use domain::{id::StopId, view::StopPage};
use leptos::prelude::*;

use crate::error::UiError;

#[server]
pub async fn load_stop() -> Result<StopPage, UiError> {
    let actor = crate::server::actor().await?;
    let governance = crate::server::governance()?;
    Ok(governance.stop_page(&actor).await?)
}

#[server]
pub async fn explain_stop(stop: StopId, reason: String) -> Result<(), UiError> {
    use crate::{paths, server, ui::Done};
    let actor = server::actor().await?;
    let governance = server::governance()?;
    governance.explain_stop(&actor, stop, &reason).await?;
    server::done(paths::after(paths::stop(), Done::Explained))
}
