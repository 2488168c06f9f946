//! Times, told by the server in UTC; the client tells them in the reader's zone, and as time goes by.
//!
//! It reads what kind of time it is from `data-told`, with the names here.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::words;
use leptos::prelude::*;

use super::words::wall;

/// `12 minutes ago`, and the exact time on hover or focus. `now` is the server's.
#[component]
pub fn Ago(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    view! { <Moving at told="ago" text=words::ago((now - at).num_seconds())/> }
}

/// `due in 4 minutes`; stands out when it is soon, and says when it is overdue.
#[component]
pub fn Until(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    let soon = at - now < TimeDelta::minutes(10);
    view! { <Moving at told="due" soon text=words::due((at - now).num_seconds())/> }
}

/// `due in 4 minutes`, or `4 minutes left` of a clock that stands still.
#[component]
pub fn Due(at: DateTime<Utc>, now: DateTime<Utc>, still: bool) -> impl IntoView {
    match still {
        true => view! { <span class="quiet">{words::span((at - now).num_seconds())} " left"</span> }.into_any(),
        false => view! { <Until at now/> }.into_any(),
    }
}

/// "The answer is due in 4 minutes", or how much is left once the clock goes on.
#[component]
pub fn AnswerDue(at: DateTime<Utc>, now: DateTime<Utc>, still: bool) -> impl IntoView {
    match still {
        true => {
            let left = words::span((at - now).num_seconds());
            view! { "The clock stands still, for a day at most; " {left} " will be left to answer" }.into_any()
        }
        false => view! { "The answer is " <Until at now/> }.into_any(),
    }
}

/// `in 4 minutes`, of what simply ends then.
#[component]
pub fn Left(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    view! { <Moving at told="left" text=words::left((at - now).num_seconds())/> }
}

/// `14:02`, or `14:02 on 3 August` if that was not today.
#[component]
pub fn At(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    view! { <Fixed at told="moment" text=words::moment(wall(at), Some(wall(now)))/> }
}

/// `14:02 on 3 August 2026`.
#[component]
pub fn DatedAt(at: DateTime<Utc>) -> impl IntoView {
    view! { <Fixed at told="dated-moment" text=words::moment(wall(at), None)/> }
}

/// `3 August`.
#[component]
pub fn On(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    view! { <Fixed at told="date" text=words::date(wall(at), Some(wall(now)))/> }
}

/// `3 August 2026`.
#[component]
pub fn Dated(at: DateTime<Utc>) -> impl IntoView {
    view! { <Fixed at told="dated" text=words::date(wall(at), None)/> }
}

/// What moves on; the keyboard reaches it, to read the exact time.
#[component]
fn Moving(at: DateTime<Utc>, told: &'static str, #[prop(optional)] soon: bool, text: String) -> impl IntoView {
    view! {
        <time
            class=soon.then_some("until-soon")
            datetime=machine(at)
            data-told=told
            title=words::exact(wall(at))
            tabindex="0"
        >
            {text}
        </time>
    }
}

#[component]
fn Fixed(at: DateTime<Utc>, told: &'static str, text: String) -> impl IntoView {
    view! {
        <time datetime=machine(at) data-told=told title=words::exact(wall(at))>
            {text}
        </time>
    }
}

fn machine(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
