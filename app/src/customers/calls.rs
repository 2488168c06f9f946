//! What the page of customer data asks of the server.

use domain::{fault::Fault, id::HoldId, role::Capability};
use governance::Hold;
use leptos::prelude::*;

use crate::{
    error::UiError,
    feature::{Call, function},
    paths::{after, customer as page_of, customers},
    server::{actor, answered, done, governance},
    ui::Done,
};

/// The functions below, and who may call them.
pub const CALLS: &[Call] = &[
    function::<EraseCustomer>(Capability::Erase),
    function::<PlaceHold>(Capability::Erase),
    function::<ReleaseHold>(Capability::Erase),
];

/// Erases what is kept of a customer; `seen` is how many requests there were on the page.
#[server]
pub async fn erase_customer(
    customer: String,
    seen: u32,
    reason: String,
    #[server(default)] confirm: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    if actor.can(Capability::Erase) && confirm != "yes" {
        return Err(answered(UiError::Invalid(Fault::Other)));
    }
    let left = governance()?.erase_customer(&actor, &customer, seen, &reason).await?;
    done(after(page_of(&customer), if left == 0 { Done::CustomerErased } else { Done::PartErased }))
}

/// Holds what is kept of an agent where one is named, or else of a customer; for ever where `until` is empty.
#[server]
pub async fn place_hold(
    #[server(default)] customer: String,
    #[server(default)] agent: String,
    #[server(default)] until: String,
    reason: String,
) -> Result<(), UiError> {
    let actor = actor().await?;
    let until = match until.trim() {
        "" => None,
        day => day.parse().map(Some).or_else(|_| match actor.can(Capability::Erase) {
            true => Err(answered(UiError::Invalid(Fault::Date))),
            false => Ok(None),
        })?,
    };
    let customer = customer.trim();
    let hold = if agent.is_empty() { Hold::Customer(customer) } else { Hold::Agent(&agent) };
    governance()?.place_hold(&actor, hold, until, &reason).await?;
    done(after(if agent.is_empty() { page_of(customer) } else { customers() }, Done::HoldPlaced))
}

#[server]
pub async fn release_hold(hold: HoldId, reason: String) -> Result<(), UiError> {
    let actor = actor().await?;
    governance()?.release_hold(&actor, hold, &reason).await?;
    done(after(customers(), Done::HoldReleased))
}
