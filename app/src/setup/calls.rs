use leptos::prelude::*;

use crate::error::UiError;

/// Whether somebody became the first admin.
#[server]
pub async fn load_is_set_up() -> Result<bool, UiError> {
    let governance = crate::server::governance()?;
    Ok(governance.has_admin().await?)
}
