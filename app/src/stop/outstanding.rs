use chrono::{DateTime, Utc};
use domain::view::RequestRow;
use leptos::prelude::*;

use crate::ui::{Left, Lines, words::count};

/// What had been granted before the stop: when the last of it ends, and what may have gone out.
///
/// It stays until each has its outcome, from the agent or from a person.
#[component]
pub fn Outstanding(
    rows: Vec<RequestRow>,
    total: u32,
    ends: Option<DateTime<Utc>>,
    /// Whether it is still stopped.
    stopped: bool,
    now: DateTime<Utc>,
) -> impl IntoView {
    if total == 0 && rows.is_empty() {
        return view! { <p class="quiet">"Nothing that was granted before is open."</p> }.into_any();
    }
    let shown = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let more = total.saturating_sub(shown);
    let more = (more > 0).then(|| view! { <p class="quiet">{format!("And {more} more.")}</p> });
    let end = match ends {
        Some(ends) if ends > now => view! { " The last grant ends " <Left at=ends now/> "." }.into_any(),
        _ if stopped => " No grant is left.".into_any(),
        _ => ().into_any(),
    };
    view! {
        <p>
            <strong>{count(total, "action", "actions")} " may have gone out before the stop."</strong>
            {end}
        </p>
        <Lines rows now/>
        {more}
    }
    .into_any()
}
