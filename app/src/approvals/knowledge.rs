use domain::{
    request::Ask,
    sentence::{readable, visible},
    view::RequestView,
};
use leptos::prelude::*;

use crate::ui::{Fact, Facts, Lines, Section, words::label};

/// What the request says about the order and the customer.
#[component]
pub fn Knowledge(request: RequestView) -> impl IntoView {
    let arguments = request.ask.arguments.as_object().into_iter().flatten();
    let arguments: Vec<_> = arguments.map(|(name, value)| (label(name), readable(value))).collect();
    let said: Vec<_> = facts(&request.ask).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let what = visible(&request.row.label);
    view! {
        <Section title="What it wants to do">
            <p>{what}</p>
            <Named facts=arguments/>
        </Section>
        {(!said.is_empty())
            .then(|| {
                view! {
                    <Section title="What the agent says about it">
                        <Named facts=said/>
                    </Section>
                }
            })}
    }
}

#[component]
fn Named(facts: Vec<(String, String)>) -> impl IntoView {
    let facts: Vec<_> = facts.into_iter().map(|(name, value)| view! { <Fact label=name>{value}</Fact> }).collect();
    view! { <Facts>{facts}</Facts> }
}

/// The customer's other requests.
#[component]
pub fn History(request: RequestView) -> impl IntoView {
    request.ask.customer.as_ref()?;
    let now = request.now;
    let shown = match request.history.is_empty() {
        true => view! { <p>"No other requests of this customer."</p> }.into_any(),
        false => view! { <Lines rows=request.history now/> }.into_any(),
    };
    Some(view! { <Section title="This customer before">{shown}</Section> })
}

fn facts(ask: &Ask) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(customer) = &ask.customer {
        facts.push(("Customer", visible(&customer.id)));
        facts.extend(customer.orders.map(|orders| ("Orders, this one included", orders.to_string())));
        facts.extend(customer.lifetime_value.map(|value| ("Spent so far", value.readable())));
        facts.extend(customer.open_complaints.map(|open| ("Open complaints", open.to_string())));
    }
    facts.extend(ask.trigger.as_ref().map(|trigger| ("Set off by", visible(trigger))));
    facts.extend(ask.topics.as_ref().filter(|topics| !topics.is_empty()).map(|topics| ("Touches", joined(topics))));
    facts.extend(ask.template.as_ref().map(|template| ("Template", visible(template))));
    let reads = ask.reads.iter().flatten().map(|read| match &read.subject {
        Some(subject) => format!("{} of {subject}", read.data_set),
        None => read.data_set.clone(),
    });
    let reads: Vec<String> = reads.collect();
    facts.extend((!reads.is_empty()).then(|| ("Looked at", joined(&reads))));
    facts
}

fn joined(texts: &[String]) -> String {
    texts.iter().map(|text| visible(text)).collect::<Vec<_>>().join(", ")
}
