//! What the integrations page asks of the server.

use chrono::{DateTime, Utc};
use domain::{
    fault::Fault,
    id::PersonId,
    integration::{Integration, Numbering},
    role::Capability,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{after, integration},
    server::{actor, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<OpenBreaker>(Capability::Break),
    function::<CloseBreaker>(Capability::Break),
    function::<DescribeIntegration>(Capability::Govern),
];

/// Opens the circuit breaker: nothing goes through the integration until it is closed.
#[server]
pub async fn open_breaker(slug: String, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.open_breaker(&actor, &slug, &reason).await?;
    done(after(integration(&slug), Done::BreakerOpened))
}

#[server]
pub async fn close_breaker(slug: String, opened: DateTime<Utc>, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    governance.close_breaker(&actor, &slug, opened, &reason).await?;
    done(after(integration(&slug), Done::BreakerClosed))
}

/// What is known of an integration, as it was typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    vendor: String,
    product: String,
    version: String,
    numbering: String,
    version_ends: String,
    owner: String,
    account: String,
    documentation: String,
    status_page: String,
}

impl Known {
    fn read(&self, slug: &str) -> Result<(Integration, Option<PersonId>), UiError> {
        let trimmed = |text: &String| text.trim().to_owned();
        let known = Integration {
            slug: slug.to_owned(),
            name: String::new(),
            vendor: trimmed(&self.vendor),
            product: trimmed(&self.product),
            version: trimmed(&self.version),
            numbering: chosen(&self.numbering, Numbering::parse, Fault::Version)?,
            version_ends: chosen(&self.version_ends, |day| day.parse().ok(), Fault::Version)?,
            account: trimmed(&self.account),
            documentation: trimmed(&self.documentation),
            status_page: trimmed(&self.status_page),
        };
        Ok((known, chosen(&self.owner, |id| id.parse().ok().map(PersonId), Fault::Other)?))
    }
}

/// What was chosen or typed, where something was.
fn chosen<T>(text: &str, read: impl FnOnce(&str) -> Option<T>, fault: Fault) -> Result<Option<T>, UiError> {
    match text.trim() {
        "" => Ok(None),
        text => read(text).map(Some).ok_or(UiError::Invalid(fault)),
    }
}

/// Says anew what is known of an integration; what is empty is not known. `seen` is what the form was drawn with.
#[server]
pub async fn describe_integration(slug: String, seen: String, #[server(default)] said: Known) -> Result<(), UiError> {
    let actor = actor().await?;
    let governance = governance()?;
    let (known, owner) = match said.read(&slug) {
        // Nobody is refused for what does not fit before it is known whether they may.
        Err(_) if !actor.can(Capability::Govern) => {
            (Integration { slug: slug.clone(), ..Integration::default() }, None)
        }
        read => read?,
    };
    governance.describe_integration(&actor, &known, owner, &seen).await?;
    done(after(integration(&slug), Done::IntegrationDescribed))
}
