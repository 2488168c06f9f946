use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use leptos::prelude::*;

use super::{Clock, words};

/// `12 minutes ago`, and the exact time on hover or focus. `now` is the server's.
#[component]
pub fn Ago(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    let now = Clock::running(now);
    view! { <Stamp at class="ago" focus=true text=move || words::ago(at, now())/> }
}

/// `due in 4 minutes`; stands out when it is soon, and says when it is overdue.
#[component]
pub fn Until(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    let now = Clock::running(now);
    let soon = move || at - now() < TimeDelta::minutes(10);
    view! {
        <span class="until" class:until-soon=soon>
            <Stamp at class="ago" focus=true text=move || words::due(at, now())/>
        </span>
    }
}

/// `in 4 minutes`, of what simply ends then.
#[component]
pub fn Left(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    let now = Clock::running(now);
    view! { <Stamp at class="ago" focus=true text=move || words::left(at, now())/> }
}

/// `14:02`, or `14:02 on 3 August` if that was not today.
#[component]
pub fn At(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    let local = Clock::local(at);
    view! { <Stamp at class="at" text=move || words::moment(local(), now)/> }
}

/// `3 August`.
#[component]
pub fn On(at: DateTime<Utc>, now: DateTime<Utc>) -> impl IntoView {
    let local = Clock::local(at);
    view! { <Stamp at class="at" text=move || words::date(local(), now)/> }
}

#[component]
fn Stamp<F>(
    at: DateTime<Utc>,
    class: &'static str,
    /// Whether the keyboard reaches it, to read the exact time.
    #[prop(optional)]
    focus: bool,
    text: F,
) -> impl IntoView
where
    F: Fn() -> String + Send + Sync + 'static,
{
    let local = Clock::local(at);
    let exact = move || words::exact(local());
    let machine = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    view! {
        <time class=class datetime=machine title=exact tabindex=focus.then_some("0")>
            {text}
        </time>
    }
}
