use chrono::{DateTime, Utc};
use domain::view::StopView;
use leptos::prelude::*;

use super::{explain::Explain, release::ReleaseForm};
use crate::{
    paths,
    ui::{Ago, At, Icon},
};

/// That everything is stopped, by whom and since when; and the way back.
#[component]
pub fn EverythingStopped(stop: StopView, may_release: bool, now: DateTime<Utc>) -> impl IntoView {
    view! {
        <div class="card stopped-card">
            <Confirmed what="All agents are stopped".to_owned() stop=stop.clone() now/>
            <p>"No decision and no grant goes out for any agent. What was granted before ends within 30 seconds."</p>
            <Explain stop/>
            <ReleaseForm
                action=paths::release_everything()
                label="Release all agents".to_owned()
                confirm="I have looked at what happened, and all agents may go on.".to_owned()
                may_release
            />
        </div>
    }
}

/// Who stopped it, and when.
#[component]
pub fn Confirmed(what: String, stop: StopView, now: DateTime<Utc>) -> impl IntoView {
    let reason = (!stop.reason.is_empty()).then(|| view! { <p class="stop-reason">"“" {stop.reason} "”"</p> });
    view! {
        <div class="confirmed">
            <p class="confirmed-what">
                <Icon name="stop"/>
                <strong>{what}</strong>
            </p>
            <p>"By " {stop.by} " at " <At at=stop.at now/> ", " <Ago at=stop.at now/> "."</p>
            {reason}
        </div>
    }
}
