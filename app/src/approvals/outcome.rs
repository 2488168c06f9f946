use domain::{
    sentence::{readable, visible},
    view::RequestView,
};
use islands::Said;
use leptos::prelude::*;
use serde_json::Value;

use crate::ui::{Fact, Facts, Section};

/// What the outside system said, as the agent reported it.
#[component]
pub fn Outcome(request: RequestView) -> impl IntoView {
    let outcome = request.outcome?;
    let reference = (!outcome.reference.is_empty()).then(|| visible(&outcome.reference));
    let detail = match &outcome.detail {
        Value::Null => None,
        Value::Object(members) if members.is_empty() => None,
        detail => Some(readable(detail)),
    };
    if reference.is_none() && detail.is_none() {
        return None;
    }
    Some(view! {
        <Section title="What came of it">
            <Facts>
                {reference.map(|reference| view! { <Fact label="Reference">{reference}</Fact> })}
                {detail.map(|detail| view! { <Fact label="Reported"><Said text=detail/></Fact> })}
            </Facts>
        </Section>
    })
}
