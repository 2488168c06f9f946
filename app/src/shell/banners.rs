use chrono::{DateTime, Utc};
use domain::{
    sentence::value,
    view::{Frame, StopView},
};
use islands::Said;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{At, Icon, Written, words},
};

/// What everybody has to know on every page.
#[component]
pub fn Banners(frame: Frame) -> impl IntoView {
    let now = frame.now;
    let demo = frame.demo.then(|| {
        view! {
            <p class="banner banner-demo">
                <Icon name="info"/>
                <span>"Demo data: this brand, its people and its history are made up."</span>
            </p>
        }
    });
    view! {
        <section class="banners" aria-label="Announcements">
            {demo}
            <div role="status">
                {frame.holds_back.then(|| view! { <OpenPress/> })}
                <Stopped stops=frame.stops now/>
            </div>
            // The client shows it.
            <p class="banner banner-lost" id="lost" role="status" data-client hidden>
                <Icon name="clock"/>
                <span>"The connection is interrupted. What you see may be old."</span>
            </p>
        </section>
    }
    .into_any()
}

/// It ends without an entry where it comes to nothing: the page looks by itself.
#[component]
fn OpenPress() -> impl IntoView {
    view! {
        <div class="banner banner-stop" data-key="open-press" data-follow="2">
            <Icon name="stop"/>
            <p class="banner-text">
                "A stop that was pressed is not recorded yet. This server of Reins goes on trying by itself, and allows nothing "
                "until it is recorded. Other servers of Reins do not know of it."
            </p>
        </div>
    }
    .into_any()
}

/// Stops of single agents share a bar where there are several, so that they leave a phone room for the page.
#[component]
fn Stopped(stops: Vec<StopView>, now: DateTime<Utc>) -> impl IntoView {
    let (single, all): (Vec<_>, Vec<_>) = stops.into_iter().partition(|stop| stop.agent.is_some());
    let single = match single.len() {
        0 | 1 => single.into_iter().map(|stop| view! { <StopBanner stop now/> }).collect_view().into_any(),
        _ => view! { <SeveralBanner stops=single/> }.into_any(),
    };
    view! {
        {all.into_iter().map(|stop| view! { <StopBanner stop now/> }).collect_view()}
        {single}
    }
    .into_any()
}

#[component]
fn SeveralBanner(stops: Vec<StopView>) -> impl IntoView {
    let number = words::number(stops.len());
    let names: Vec<_> = stops.into_iter().filter_map(|stop| stop.agent).map(|agent| value(&agent.name)).collect();
    view! {
        <div class="banner banner-stop" data-key="several">
            <Icon name="stop"/>
            <p class="banner-text">
                <strong>{format!("{number} agents are stopped: ")} <Said text=words::list(&names)/> "."</strong>
            </p>
            <a class="banner-link" href=paths::stop()>
                "See the stops"
            </a>
        </div>
    }
    .into_any()
}

#[component]
fn StopBanner(stop: StopView, now: DateTime<Utc>) -> impl IntoView {
    let what = stop.agent.map_or("All agents".to_owned(), |agent| agent.name);
    let reason = (!stop.reason.is_empty()).then(|| view! { " “" <Written text=stop.reason/> "”" });
    view! {
        <div class="banner banner-stop" data-key=stop.id.to_string()>
            <Icon name="stop"/>
            <p class="banner-text">
                <strong><Written text=what/> " stopped by " <Written text=stop.by/> " at " <At at=stop.at now/> "."</strong>
                {reason}
            </p>
            <a class="banner-link" href=paths::stop()>
                "See the stop"
            </a>
        </div>
    }
    .into_any()
}
