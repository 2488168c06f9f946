use chrono::{DateTime, Utc};
use domain::view::jobs::{Failing, JobRow};
use islands::Said;
use leptos::prelude::*;

use crate::ui::{
    Ago, At, Notice, Tag, Tone, Written,
    words::{count, span},
};

/// One job: whether it is done, when it was last, and what it means where it is not.
#[component]
pub fn Job(job: JobRow, now: DateTime<Utc>) -> impl IntoView {
    let (tone, text) = standing(&job);
    let key = format!("job {}", job.name);
    let done = match job.done_at {
        Some(at) => view! { "Last done " <Ago at now/> "." }.into_any(),
        None => view! { "Not done yet." }.into_any(),
    };
    let took = job.took_ms.filter(|_| job.done_at.is_some()).map(|ms| format!(" It took {}.", length(ms)));
    let working = job.working.map(|(server, at)| {
        view! { " " <Written text=server/> " has been at it since " <At at now/> "." }
    });
    let left_over = job.left_over.map(|words| {
        view! { <Notice tone=Tone::Waiting><p>"Done but for this: " <Said text=format!("{words}.")/></p></Notice> }
    });
    let failing = job.failing.map(|failing| view! { <Failed failing now/> });
    let late = job.late_since.map(|_| {
        view! {
            <Notice tone=Tone::Bad>
                <p>{job.without}</p>
                <p>
                    "What to do: show this to whoever runs the servers. Their log has more under the name "
                    <code>{job.name}</code> ". It is tried again by itself."
                </p>
            </Notice>
        }
    });
    view! {
        <li class="card task" data-key=key>
            <div class="task-text">
                <p><strong>{job.label}</strong> " " <Tag tone text/></p>
                <p>{job.does}</p>
                <p class="quiet">{done} {took} {format!(" Again {}.", every(job.every))} {working}</p>
                {failing}
                {left_over}
                {late}
            </div>
        </li>
    }
}

#[component]
fn Failed(failing: Failing, now: DateTime<Utc>) -> impl IntoView {
    let times = match failing.attempts {
        1 => "It failed at ".to_owned(),
        attempts => format!("It failed {} since ", count(attempts, "time", "times")),
    };
    view! {
        <Notice tone=Tone::Waiting>
            <p>{times} <At at=failing.since now/> ". The last time: " <Said text=format!("{}.", failing.error)/></p>
        </Notice>
    }
}

fn standing(job: &JobRow) -> (Tone, &'static str) {
    match job {
        JobRow { late_since: Some(_), .. } => (Tone::Bad, "Not done in time"),
        JobRow { failing: Some(_), .. } => (Tone::Waiting, "Failed, tried again"),
        JobRow { left_over: Some(_), .. } => (Tone::Waiting, "Done but for something"),
        JobRow { done_at: None, .. } => (Tone::Neutral, "Not done yet"),
        _ => (Tone::Good, "In time"),
    }
}

fn every(seconds: u32) -> String {
    match seconds {
        1 => "each second".to_owned(),
        60 => "each minute".to_owned(),
        3_600 => "each hour".to_owned(),
        2..60 => format!("each {seconds} seconds"),
        _ => format!("each {}", span(i64::from(seconds))),
    }
}

fn length(ms: u32) -> String {
    match ms {
        ..1_000 => "less than a second".to_owned(),
        1_000..60_000 => count(ms / 1_000, "second", "seconds"),
        _ => span(i64::from(ms / 1_000)),
    }
}
