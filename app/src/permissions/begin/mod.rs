//! How the first draft of an agent begins, where nothing is written yet.

mod calls;

use leptos::prelude::*;

use super::editing::Shared;
use crate::{
    agents::{StartForm, StartingPoints},
    told,
    ui::{ErrorNote, Submit, Tone, failure, post_to},
};
use calls::BeginFrom;

pub use calls::CALLS;

/// A starting point to begin from; whoever writes instead begins from nothing.
#[component]
pub fn Begin(editing: Shared) -> impl IntoView {
    if editing.view.draft.is_some() || editing.view.in_force.is_some() {
        return None;
    }
    let failed = failure::<BeginFrom>();
    let typed: Option<StartForm> = told::typed::<BeginFrom, _>();
    let open = typed.is_some();
    let start = typed.unwrap_or_else(|| StartForm::new(editing.currency()));
    let slug = editing.slug.clone();
    Some(view! {
        <ErrorNote error=failed/>
        <details class="fold" data-key="starting-point" open=open>
            <summary>"Begin from a starting point"</summary>
            <BeginForm slug start/>
        </details>
    })
}

#[component]
fn BeginForm(slug: String, start: StartForm) -> impl IntoView {
    view! {
        <form class="form form-wide" method="post" action={post_to::<BeginFrom>()}>
            <input type="hidden" name="agent" value=slug/>
            <StartingPoints start/>
            <div class="actions">
                <Submit label="Begin the draft" tone=Tone::Accent/>
            </div>
        </form>
    }
}
