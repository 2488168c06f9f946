use domain::{fault::Fault, role::Capability};
use leptos::prelude::*;

use crate::{
    agents::StartForm,
    error::UiError,
    feature::{Call, function},
    paths::{after, permissions},
    server::{actor, again, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[function::<BeginFrom>(Capability::Govern)];

/// Begins a draft from a starting point, where there is none.
#[server]
pub async fn begin_from(agent: String, #[server(default)] start: StartForm) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let begun = match start.read() {
        Ok(Some((point, worth_over))) => {
            let begun = governance.begin_from_starting_point(&actor, &agent, point, worth_over, None).await;
            begun.map(drop).map_err(UiError::from)
        }
        _ if !actor.can(Capability::Govern) => Err(UiError::Forbidden),
        Ok(None) => Err(UiError::Invalid(Fault::Other)),
        Err(fault) => Err(UiError::Invalid(fault)),
    };
    match begun {
        Ok(()) => done(after(permissions(&agent), Done::Begun)),
        Err(error) => again::<BeginFrom>(&permissions(&agent), error, &start),
    }
}
