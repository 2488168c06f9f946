use chrono::{DateTime, Utc};
use domain::view::{EntryRow, RequestView};
use leptos::prelude::*;

use crate::{
    activity::Detail,
    ui::{Ago, At, Section, words::label},
};

/// What happened to the request, the oldest first.
#[component]
pub fn Timeline(request: RequestView) -> impl IntoView {
    let now = request.now;
    let entries: Vec<_> = request.entries.into_iter().map(|entry| view! { <Step entry now/> }).collect();
    (!entries.is_empty()).then(|| {
        view! {
            <Section title="What happened">
                <ol class="timeline">{entries}</ol>
            </Section>
        }
    })
}

#[component]
fn Step(entry: EntryRow, now: DateTime<Utc>) -> impl IntoView {
    view! {
        <li class="step">
            <p class="step-what">{label(entry.kind.words())}</p>
            <p class="step-who">{entry.who} ", " <At at=entry.at now/> ", " <Ago at=entry.at now/></p>
            <Detail detail=entry.detail/>
        </li>
    }
}
