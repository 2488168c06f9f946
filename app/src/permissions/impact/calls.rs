use domain::{fault::Fault, role::Capability};
use governance::Past;
use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Call, function},
    paths,
    server::{actor, done, governance},
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[function::<JudgeRecord>(Capability::Govern), function::<CancelImpact>(Capability::Govern)];

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
