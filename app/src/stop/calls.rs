use domain::{id::StopId, role::Capability};
use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Call, function},
    paths,
    server::{actor, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[function::<ExplainStop>(Capability::Stop)];

#[server]
pub async fn explain_stop(stop: StopId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.explain_stop(&actor, stop, &reason).await?;
    done(paths::after(paths::stop(), Done::Explained))
}
