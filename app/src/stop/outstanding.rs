use chrono::{DateTime, Utc};
use domain::view::RequestRow;
use leptos::prelude::*;

use crate::ui::{Left, Lines, words::count};

/// What had been granted before the stop: when the last of it ends, and what may have gone out.
#[component]
pub fn Outstanding(
    rows: Vec<RequestRow>,
    total: u32,
    ends: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> impl IntoView {
    if total == 0 && rows.is_empty() {
        return view! { <p class="quiet">"Nothing was under way. No grant is left."</p> }.into_any();
    }
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let more = total.saturating_sub(shown);
    let more = (more > 0).then(|| view! { <p class="quiet">{format!("And {more} more.")}</p> });
    let end = ends.map(|ends| match ends > now {
        true => view! { " The last grant ends " <Left at=ends now/> "." }.into_any(),
        false => " The last grant has ended.".into_any(),
    });
    view! {
        <p>
            <strong>{count(total, "action", "actions")} " may have gone out."</strong>
            {end}
        </p>
        <Lines rows now/>
        {more}
    }
    .into_any()
}
