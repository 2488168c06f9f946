use domain::{
    request::Ask,
    sentence::{readable, value, visible},
    view::RequestView,
};
use islands::Said;
use leptos::prelude::*;

use crate::ui::{
    At, Fact, Facts, Lines, Section, Tag, Tone,
    words::{count, grouped, label},
};

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
        <Customer request=request.clone()/>
        {(!said.is_empty())
            .then(|| {
                view! {
                    <Section title="What else the agent says about it">
                        <Named facts=said/>
                    </Section>
                }
            })}
    }
}

#[component]
fn Named(facts: Vec<(String, String)>) -> impl IntoView {
    let facts: Vec<_> =
        facts.into_iter().map(|(name, value)| view! { <Fact label=name><Said text=value/></Fact> }).collect();
    view! { <Facts>{facts}</Facts> }
}

/// What the agent claims of the customer, beside what the shop and Reins' own record say.
#[component]
fn Customer(request: RequestView) -> impl IntoView {
    let customer = request.ask.customer.clone()?;
    let now = request.now;
    let known = request.known.clone();
    let shop = known.as_ref().filter(|known| known.synced_at.is_some());
    let number = |n: u32| grouped(n);
    let rows = [
        ("Orders, this one included", customer.orders.map(number), shop.and_then(|shop| shop.orders).map(number)),
        (
            "Spent so far",
            customer.lifetime_value.map(|value| value.readable()),
            shop.and_then(|shop| shop.lifetime_value).map(|value| value.readable()),
        ),
        (
            "Open complaints",
            customer.open_complaints.map(number),
            shop.and_then(|shop| shop.open_complaints).map(number),
        ),
    ];
    let rows = rows.into_iter().map(|(name, claimed, shown)| view! { <Sides name claimed shown/> }).collect_view();
    let recorded = known.as_ref().map_or(0, |known| known.recorded_complaints);
    let recorded = (recorded > 0).then(|| {
        let words = count(recorded, "complaint that nobody has resolved", "complaints that nobody has resolved");
        view! { <Fact label="In Reins’ own record">{words}</Fact> }
    });
    let since = match shop.and_then(|shop| shop.synced_at) {
        Some(at) => view! { <p class="hint">"The shop’s figures are of " <At at now/> "."</p> }.into_any(),
        None => view! { <p class="hint">"The shop has sent no figures of this customer."</p> }.into_any(),
    };
    Some(view! {
        <Section title="The customer">
            <Facts>
                <Fact label="Customer"><Said text=value(&customer.id)/></Fact>
                {rows}
                {recorded}
            </Facts>
            {since}
        </Section>
    })
}

/// One figure as both say it; nothing where nobody does.
#[component]
fn Sides(name: &'static str, claimed: Option<String>, shown: Option<String>) -> impl IntoView {
    if claimed.is_none() && shown.is_none() {
        return None;
    }
    let differ = claimed.is_some() && shown.is_some() && claimed != shown;
    let side = |who: &'static str, figure: Option<String>| {
        view! {
            <span class="side-said">
                <span class="hint">{who}</span> " "
                {figure.unwrap_or_else(|| "nothing".to_owned())}
            </span>
        }
    };
    Some(view! {
        <Fact label=name>
            {side("The agent says", claimed)}
            {side("The shop says", shown)}
            {differ.then(|| view! { <Tag tone=Tone::Waiting text="They differ"/> })}
        </Fact>
    })
}

/// What was asked for the same customer before.
#[component]
pub fn History(request: RequestView) -> impl IntoView {
    request.ask.customer.as_ref()?;
    let now = request.now;
    let shown = match request.history.is_empty() {
        true => view! { <p>"Nothing was asked for this customer before."</p> }.into_any(),
        false => view! { <Lines rows=request.history now/> }.into_any(),
    };
    Some(view! { <Section title="This customer before">{shown}</Section> })
}

fn facts(ask: &Ask) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    facts.extend(ask.trigger.as_ref().map(|trigger| ("Set off by", value(trigger))));
    facts.extend(ask.topics.as_ref().filter(|topics| !topics.is_empty()).map(|topics| ("Touches", joined(topics))));
    facts.extend(ask.template.as_ref().map(|template| ("Template", value(template))));
    let reads = ask.reads.iter().flatten().map(|read| match &read.subject {
        Some(subject) => format!("{} of {}", value(&read.data_set), value(subject)),
        None => value(&read.data_set),
    });
    let reads: Vec<String> = reads.collect();
    facts.extend((!reads.is_empty()).then(|| ("Looked at", reads.join(", "))));
    facts
}

fn joined(texts: &[String]) -> String {
    texts.iter().map(|text| value(text)).collect::<Vec<_>>().join(", ")
}
