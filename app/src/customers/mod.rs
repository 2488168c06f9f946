//! What is kept of a customer: seeing it, erasing it, and holding what must be kept.

mod calls;
mod holds;
mod kept;

use domain::{role::Capability, view::erasing::CustomerView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    feature::{Feature, page},
    paths,
    server::{actor, governance},
    settings::SettingsNav,
    ui::{DoneNote, ErrorNote, PageTitle, Submit, TextField, failure, loaded},
};
use calls::{EraseCustomer, PlaceHold, ReleaseHold};
use holds::Holds;
use kept::Kept;

pub const FEATURE: Feature = Feature {
    pages: &[page!("/settings/customers", CustomersPage, Some(Capability::Erase)).in_settings("Customer data")],
    calls: &[calls::CALLS],
};

/// A customer, where the address names one, and all holds.
#[component]
pub fn CustomersPage() -> impl IntoView {
    let id = use_query_map().with_untracked(|query| query.get("id")).unwrap_or_default().trim().to_owned();
    let page = async move {
        let actor = actor().await?;
        let governance = governance()?;
        let customer = match id.is_empty() || id.contains('\0') {
            true => None,
            false => Some(governance.customer(&actor, &id).await?),
        };
        let holds = governance.holds(&actor).await?;
        let agents = governance.agents(&actor).await?;
        let agents = agents.into_iter().map(|agent| (agent.link.slug, agent.link.name)).collect();
        let lead = lead(customer.as_ref());
        let found = customer.as_ref().map(|customer| customer.id.clone()).unwrap_or_default();
        Ok(view! {
            <PageTitle title="Customer data" lead/>
            <SettingsNav actor here="Customer data"/>
            <ErrorNote error={failure::<EraseCustomer>()}/>
            <ErrorNote error={failure::<PlaceHold>()}/>
            <ErrorNote error={failure::<ReleaseHold>()}/>
            <form class="form-row" method="get" action=paths::customers()>
                <TextField label="Customer" name="id" value=found.clone() required=true hint="The id that agents use for them."/>
                <Submit label="See what is kept"/>
            </form>
            {customer.map(|customer| view! { <Kept customer/> })}
            <Holds holds agents customer=found/>
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

fn lead(customer: Option<&CustomerView>) -> String {
    match customer {
        None => "See what is kept of a customer, erase it, or hold what must be kept.".to_owned(),
        Some(customer) if customer.is_nothing() => "Nothing is kept of this customer by that id.".to_owned(),
        Some(customer) if customer.held => "What is kept of this customer is held, and cannot be erased.".to_owned(),
        Some(customer) if !customer.may_be_erased() => {
            "People have to decide something first: then what is kept of this customer can be erased.".to_owned()
        }
        Some(_) => "What is kept of this customer can be erased.".to_owned(),
    }
}
