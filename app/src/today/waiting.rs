use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Tag, Tone, words},
};

/// The way to the requests that wait for the reader.
#[component]
pub fn WaitingTask(count: u32, oldest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> impl IntoView {
    let since = if count == 1 { "for" } else { "the oldest for" };
    let oldest = oldest.map(|oldest| format!(", {since} {}", words::span((now - oldest).num_seconds())));
    let requests = match count {
        1 => "1 request waits".to_owned(),
        n => format!("{} requests wait", words::waiting(n)),
    };
    let decide =
        if count == 1 { "Decide 1 request".to_owned() } else { format!("Decide {} requests", words::waiting(count)) };
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
