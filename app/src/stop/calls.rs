use domain::id::StopId;
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths,
    server::{actor, done, governance},
    ui::Done,
};

#[server]
pub async fn explain_stop(stop: StopId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.explain_stop(&actor, stop, &reason).await?;
    done(paths::after(paths::stop(), Done::Explained))
}
