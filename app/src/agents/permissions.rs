use chrono::{DateTime, Utc};
use domain::view::PublishedView;
use leptos::prelude::*;

use crate::ui::{Empty, On, Section};

/// The four layers of a permission set, as sentences.
#[component]
pub fn Permissions(published: Option<PublishedView>, now: DateTime<Utc>) -> impl IntoView {
    let Some(published) = published else {
        return view! {
            <Section title="Permissions">
                <Empty title="No permissions are published">
                    <p>"Without them everything that this agent asks for is denied."</p>
                </Empty>
            </Section>
        }
        .into_any();
    };
    let sentences = published.sentences;
    let note = (!published.note.is_empty()).then(|| format!(" “{}”", published.note));
    view! {
        <Section title="Permissions">
            <p class="quiet">
                {format!("Version {}, published by {} on ", published.version, published.by)} <On at=published.at now/> "."
                {note}
            </p>
            <ol class="layers">
                <Layer title="What it may read" sentences=sentences.data_access/>
                <Layer title="What it may do" sentences=sentences.action_scope/>
                <Layer title="When a person decides" wide=true sentences=sentences.approval_thresholds/>
                <Layer title="What is recorded" wide=true sentences=sentences.audit_logging/>
            </ol>
        </Section>
    }
    .into_any()
}

#[component]
fn Layer(title: &'static str, sentences: Vec<String>, #[prop(optional)] wide: bool) -> impl IntoView {
    view! {
        <li class="card layer" class:layer-wide=wide>
            <h3>{title}</h3>
            <ul class="sentences">
                {sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}
            </ul>
        </li>
    }
}
