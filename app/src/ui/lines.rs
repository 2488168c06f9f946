use chrono::{DateTime, Utc};
use domain::view::RequestRow;
use leptos::prelude::*;

use super::RequestLine;

/// Requests, one in a line.
#[component]
pub fn Lines(rows: Vec<RequestRow>, now: DateTime<Utc>) -> impl IntoView {
    view! { <ul class="lines">{rows.into_iter().map(|row| view! { <RequestLine row now/> }).collect_view()}</ul> }
}
