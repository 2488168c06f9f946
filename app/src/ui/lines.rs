use chrono::{DateTime, Utc};
use domain::view::RequestRow;
use leptos::prelude::*;

use super::{RequestLine, each};

/// Requests, one in a line.
#[component]
pub fn Lines(rows: Vec<RequestRow>, now: DateTime<Utc>) -> impl IntoView {
    let key = |row: &RequestRow| (row.id, row.state, row.deadline);
    view! { <ul class="lines">{each(rows, key, move |row| view! { <RequestLine row now/> })}</ul> }
}
