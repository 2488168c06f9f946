//! Who stopped what, when and why, and who released it and why.

use chrono::{DateTime, Utc};
use domain::{
    id::StopId,
    view::{PastStop, StopHistory},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::stopped::Added;
use crate::{
    paths,
    server::{actor, governance},
    ui::{
        At, Empty, Notice, PageTitle, Tone, Written, loaded,
        words::{count, list},
    },
};

#[component]
pub fn StopsPage() -> impl IntoView {
    let part = |name: &str| use_query_map().with_untracked(|query| query.get(name)?.parse::<StopId>().ok());
    let (before, released) = (part("before"), part("released"));
    loaded(async move {
        let history = governance()?.stop_history(&actor().await?, before).await?;
        Ok(view! { <History history released first=before.is_none()/> })
    })
}

#[component]
fn History(
    history: StopHistory,
    /// The one that the reader has just released.
    released: Option<StopId>,
    /// Whether these are the newest.
    first: bool,
) -> impl IntoView {
    let now = history.now;
    let shown = u32::try_from(history.stops.len()).unwrap_or(u32::MAX);
    let lead = match (shown, history.next.is_some()) {
        (0, _) => "Nothing was stopped yet.".to_owned(),
        (_, false) => format!("{}, the newest first.", count(shown, "stop", "stops")),
        (_, true) => format!("The newest {} here; older ones follow.", count(shown, "stop", "stops")),
    };
    let just = history.stops.iter().find(|past| Some(past.stop.id) == released).and_then(|past| {
        let by = past.release.as_ref()?.by.clone();
        let still = still_stopped(past, &history.stops);
        Some(format!("{} by {by}. {still}What was waiting needs a fresh look.", released_words(past)))
    });
    let empty = history.stops.is_empty().then(|| view! { <Empty title="Nothing was stopped yet."/> });
    let next = history.next.map(paths::stops_before);
    let newest = (!first).then(paths::stops);
    view! {
        <PageTitle title="Stops until now" lead/>
        <div class="done" role="status">
            {just.map(|words| view! { <Notice tone=Tone::Good>{words}</Notice> })}
        </div>
        {empty}
        <PastStops stops=history.stops now/>
        <nav class="pager" aria-label="Pages of stops">
            {newest.map(|href| view! { <a class="button button-neutral" href=href>"Newest stops"</a> })}
            {next.map(|href| view! { <a class="button button-neutral" href=href>"Older stops"</a> })}
        </nav>
        <p><a href=paths::stop()>"What is stopped now"</a></p>
    }
}

/// Stops in the order in which they come.
#[component]
pub fn PastStops(stops: Vec<PastStop>, now: DateTime<Utc>) -> impl IntoView {
    let stops: Vec<_> = stops.into_iter().map(|past| view! { <Past past now/> }).collect();
    view! { <ul class="past-stops">{stops}</ul> }
}

#[component]
fn Past(past: PastStop, now: DateTime<Utc>) -> impl IntoView {
    let words = released_words(&past);
    let PastStop { stop, release } = past;
    let what = stop.agent.map_or("All agents".to_owned(), |agent| agent.name);
    let said_since = stop.added.iter().any(|added| !added.reason.is_empty());
    let quoted = |reason: String| match reason.is_empty() {
        true if said_since => ().into_any(),
        true => view! { <p class="hint">"No reason was given."</p> }.into_any(),
        false => view! { <p class="stop-reason">"“" <Written text=reason/> "”"</p> }.into_any(),
    };
    let end = match release {
        Some(release) => view! {
            <p>{words} " by " <Written text=release.by/> " at " <At at=release.at now/> "."</p>
            {quoted(release.reason)}
        }
        .into_any(),
        None => view! { <p><strong>"Still stopped."</strong></p> }.into_any(),
    };
    view! {
        <li class="past-stop" data-key=stop.id.to_string()>
            <p><Written text=what/> " stopped by " <Written text=stop.by/> " at " <At at=stop.at now/> "."</p>
            {quoted(stop.reason)}
            <Added added=stop.added now/>
            {end}
        </li>
    }
}

/// What the release alone does not let go on, as far as it is among these stops.
fn still_stopped(released: &PastStop, stops: &[PastStop]) -> String {
    let holding = |past: &&PastStop| past.release.is_none();
    let agents = |past: &PastStop| past.stop.agent.as_ref().map(|agent| agent.name.clone());
    if stops.iter().filter(holding).any(|past| past.stop.agent.is_none()) {
        return "It stays stopped until all agents are released. ".to_owned();
    }
    let own: Vec<String> = stops.iter().filter(holding).filter_map(agents).collect();
    match (&released.stop.agent, own.len()) {
        (Some(_), _) | (None, 0) => String::new(),
        (None, 1) => format!("{} stays stopped: it has a stop of its own. ", list(&own)),
        (None, _) => format!("{} stay stopped: they have stops of their own. ", list(&own)),
    }
}

fn released_words(past: &PastStop) -> String {
    match &past.stop.agent {
        Some(agent) => format!("{} was released", agent.name),
        None => "All agents were released".to_owned(),
    }
}
