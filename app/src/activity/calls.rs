//! What the record page asks of the server.

use domain::view::{RecordFilter, RecordPage};
use leptos::prelude::*;

use crate::error::UiError;

#[server]
pub async fn load_record(#[server(default)] filter: RecordFilter) -> Result<RecordPage, UiError> {
    use crate::server::{actor, governance};
    let actor = actor().await?;
    let governance = governance()?;
    Ok(governance.record(&actor, &filter).await?)
}
