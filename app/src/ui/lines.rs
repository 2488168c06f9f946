use chrono::{DateTime, Utc};
use domain::{id::RequestId, view::RequestRow};
use leptos::prelude::*;

use super::RequestLine;

/// Requests, one in a line.
#[component]
pub fn Lines(
    rows: Vec<RequestRow>,
    now: DateTime<Utc>,
    /// Those with a breach that nobody has settled.
    #[prop(optional)]
    breached: Vec<RequestId>,
) -> impl IntoView {
    let lines = rows.into_iter().map(|row| {
        let breach = breached.contains(&row.id);
        view! { <RequestLine row now breach/> }
    });
    view! { <ul class="lines">{lines.collect_view()}</ul> }
}
