use domain::view::Frame;
use leptos::prelude::*;

use crate::error::UiError;

#[server]
pub async fn load_frame() -> Result<Frame, UiError> {
    let actor = crate::server::actor().await?;
    let governance = crate::server::governance()?;
    Ok(governance.frame(&actor).await?)
}
