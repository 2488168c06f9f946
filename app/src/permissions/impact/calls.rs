use domain::fault::Fault;
use governance::Past;
use leptos::prelude::*;

use crate::{
    error::UiError,
    paths,
    server::{actor, done, governance},
};

/// Begins to judge the agent's own past by the draft as it was seen.
#[server]
pub async fn judge_record(agent: String, seen: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let seen = seen.parse().map_err(|()| UiError::Invalid(Fault::Other))?;
    governance()?.start_impact(&actor, &agent, seen, Past::Record).await?;
    done(paths::impact(&agent))
}

#[server]
pub async fn cancel_impact(agent: String) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.cancel_impact(&actor, &agent).await?;
    done(paths::impact(&agent))
}
