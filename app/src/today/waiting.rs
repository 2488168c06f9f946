use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Tag, Tone, words},
};

/// The way to the requests that wait for the reader.
#[component]
pub fn WaitingTask(
    count: u32,
    /// There may be more that is not counted.
    more: bool,
    oldest: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> impl IntoView {
    let since = if count == 1 { "for" } else { "the oldest for" };
    let oldest = oldest.map(|oldest| format!(", {since} {}", words::span((now - oldest).num_seconds())));
    let (requests, decide) = match (count, more) {
        (0, _) => ("Requests that could not be counted may wait".to_owned(), "Look at the approvals".to_owned()),
        (1, false) => ("1 request waits".to_owned(), "Decide 1 request".to_owned()),
        _ => {
            let many = words::or_more(count, more);
            (format!("{many} requests wait"), format!("Decide {many} requests"))
        }
    };
    view! {
        <li class="card task">
            <div class="task-text">
                <Tag tone=Tone::Waiting text="Waiting"/>
                <p>{requests} " for your decision" {oldest} "."</p>
            </div>
            <a class="button button-accent" href=paths::approvals()>
                {decide}
            </a>
        </li>
    }
}
