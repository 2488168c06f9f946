//! The cases that tell most.

use domain::{
    authoring::impact::{Case, Impact},
    id::RequestId,
    money::Money,
    sentence::visible,
    view::impact::RunSource,
};
use islands::Said;
use leptos::prelude::*;

use crate::{paths, ui::Section};

#[component]
pub fn Cases(impact: Impact, source: RunSource) -> impl IntoView {
    if impact.cases.is_empty() {
        return ().into_any();
    }
    let lines: Vec<_> = impact.cases.into_iter().map(|case| view! { <CaseLine case source/> }).collect();
    view! {
        <Section title="The most telling cases">
            <p class="hint">"What the draft would let through comes first, then what it would hold; the largest amounts of each first."</p>
            <ul class="lines">{lines}</ul>
        </Section>
    }
    .into_any()
}

#[component]
fn CaseLine(case: Case, source: RunSource) -> impl IntoView {
    let key = case.told.name.clone();
    let change = case.turn.words();
    let amount = case.amount.as_ref().map(Money::readable);
    let sentence = view! { <Said text=case.told.sentence.clone()/> };
    let what = match (source, case.told.name.parse::<RequestId>()) {
        (RunSource::Record, Ok(id)) => view! { <a class="line-link" href=paths::request(id)>{sentence}</a> }.into_any(),
        _ => {
            let name = visible(&case.told.name);
            view! { <p class="case-what">{sentence} <span class="quiet">{format!(" ({name})")}</span></p> }.into_any()
        }
    };
    view! {
        <li class="line" data-key=key>
            <div class="line-main">
                {what}
                <p class="line-more"><Said text=case.told.why.clone()/></p>
            </div>
            <div class="line-side">
                <span>{change}</span>
                {amount.map(|amount| view! { <span class="number">{amount}</span> })}
            </div>
        </li>
    }
}
