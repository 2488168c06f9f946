use chrono::{DateTime, Utc};
use domain::view::PublishedView;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Empty, Layers, On, Section, Written},
};

/// The four layers of a permission set, as sentences, and the ways to where they are written.
#[component]
pub fn Permissions(
    slug: String,
    may_edit: bool,
    published: Option<PublishedView>,
    now: DateTime<Utc>,
) -> impl IntoView {
    let edit = may_edit.then(|| {
        let words = if published.is_some() { "Edit permissions" } else { "Write its permissions" };
        view! { <a class="button button-neutral" href=paths::permissions(&slug)>{words}</a> }
    });
    let versions = published.as_ref().map(|_| view! { <a href=paths::versions(&slug)>"Versions"</a> });
    let ways = view! { <p class="actions">{edit} {versions}</p> };
    let Some(published) = published else {
        return view! {
            <Section title="Permissions">
                <Empty title="No permissions are published">
                    <p>"Without them everything that this agent asks for is denied."</p>
                </Empty>
                {ways}
            </Section>
        }
        .into_any();
    };
    let note = (!published.note.is_empty()).then(|| view! { " “" <Written text=published.note/> "”" });
    view! {
        <Section title="Permissions">
            <p class="quiet">
                {format!("Version {}, published by ", published.version)} <Written text=published.by/> " on " <On at=published.at now/> "."
                {note}
            </p>
            <Layers sentences=published.sentences/>
            {ways}
        </Section>
    }
    .into_any()
}
