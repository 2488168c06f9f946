use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    view::{EntryRow, RequestView},
};
use islands::{Said, difference::differences};
use leptos::prelude::*;
use serde_json::{Value, json};

use crate::{
    activity::{Detail, happened},
    ui::{Ago, At, Section},
};

/// What happened to the request, the oldest first.
#[component]
pub fn Timeline(request: RequestView) -> impl IntoView {
    let now = request.now;
    let said = said(&request);
    let steps = request.entries.into_iter().zip(said).map(|(entry, said)| view! { <Step entry said now/> });
    let steps: Vec<_> = steps.collect();
    (!steps.is_empty()).then(|| {
        view! {
            <Section title="What happened">
                <ol class="timeline">{steps}</ol>
            </Section>
        }
    })
}

/// For each entry what was asked, what a change made different, or what a yes was said to that is another by now.
fn said(request: &RequestView) -> Vec<Vec<String>> {
    let Some(asked) = &request.asked else { return vec![Vec::new(); request.entries.len()] };
    let mut before = &asked.arguments;
    let mut said = Vec::new();
    for entry in &request.entries {
        said.push(match (entry.kind, entry.detail.get("arguments")) {
            (Some(Kind::Asked), _) => vec![asked.sentence.clone()],
            (Some(Kind::Changed), Some(after)) => {
                let lines = differences(before, after);
                before = after;
                lines
            }
            (Some(Kind::Approved | Kind::Rejected), _) => {
                entry.sentence.iter().map(|then| format!("As it was then: {then}")).collect()
            }
            _ => Vec::new(),
        });
    }
    said
}

#[component]
fn Step(entry: EntryRow, said: Vec<String>, now: DateTime<Utc>) -> impl IntoView {
    let what = happened(&entry);
    let detail = match entry.kind {
        // What it changed is said, and the rest is the request as it stands.
        Some(Kind::Changed) => kept(&entry.detail, &["digest", "old_digest"]),
        _ => entry.detail,
    };
    view! {
        <li class="step">
            <p class="step-what">{what}</p>
            {said.into_iter().map(|line| view! { <p><Said text=line/></p> }).collect_view()}
            <p class="step-who">{entry.who} ", " <At at=entry.at now/> ", " <Ago at=entry.at now/></p>
            <Detail detail/>
        </li>
    }
}

fn kept(detail: &Value, names: &[&str]) -> Value {
    let members = names.iter().filter_map(|name| Some(((*name).to_owned(), detail.get(name)?.clone())));
    json!(members.collect::<serde_json::Map<_, _>>())
}
