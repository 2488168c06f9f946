use leptos::prelude::*;

use super::{ErrorNote, Title, sign_in_again::here};
use crate::{error::UiError, paths};

/// The page once it is loaded, or why it cannot be shown.
pub fn loaded<V: IntoView + 'static>(page: impl Future<Output = Result<V, UiError>> + Send + 'static) -> impl IntoView {
    Suspend::new(async move {
        match page.await {
            Ok(page) => page.into_any(),
            Err(error) => view! { <LoadError error/> }.into_any(),
        }
    })
}

/// Stands where a page could not be loaded.
#[component]
pub fn LoadError(error: UiError) -> impl IntoView {
    let title = match error {
        UiError::NotFound => "There is nothing here",
        UiError::Forbidden => "This page is not for your role",
        UiError::SignedOut => "You are signed out",
        _ => "This page cannot be shown now",
    };
    let way_on = match error {
        UiError::SignedOut => {
            let href = paths::sign_in_to(&here());
            view! { <a class="button button-accent" href=href>"Sign in"</a> }.into_any()
        }
        _ => view! { <a class="button button-neutral" href=paths::today()>"Go to Today"</a> }.into_any(),
    };
    let known = matches!(error, UiError::NotFound | UiError::SignedOut | UiError::Forbidden);
    let call = governance::call().filter(|_| !known);
    let (lead, note) = match error {
        UiError::NotFound => {
            (Some("The address leads nowhere. It may have been mistyped, or what it showed is gone."), None)
        }
        UiError::SignedOut => (Some("Sign in, and you come back to this page."), None),
        // Nobody has tried to change anything.
        UiError::Forbidden => (Some("Ask an admin if you need to see it."), None),
        // It may follow on something that was done: that stands.
        UiError::Unavailable => (Some("Reins cannot reach its record just now. Try again in a moment."), None),
        _ => (None, Some(view! { <ErrorNote error=Some(error)/> })),
    };
    view! {
        <Title text=title/>
        <header class="page-title">
            <h1>{title}</h1>
            {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
        </header>
        {note}
        <p>{way_on}</p>
        {call.map(|id| view! { <p class="hint">"Whoever looks into this needs its number: " <code>{id.to_string()}</code></p> })}
    }
}
