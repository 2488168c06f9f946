use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::ui::On;

/// A day with its year: `3 August 2026`.
#[component]
pub fn Dated(at: DateTime<Utc>) -> impl IntoView {
    // Seen from another year, a day is told with its own.
    view! { <On at now=DateTime::UNIX_EPOCH/> }
}
