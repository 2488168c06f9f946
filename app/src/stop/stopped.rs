use chrono::{DateTime, Utc};
use domain::view::{Addition, StopView};
use leptos::prelude::*;

use super::{
    explain::Explain,
    release::{ReleaseForm, Releasers},
};
use crate::ui::{Ago, At, Icon, Written, words::list};

/// That everything is stopped, by whom and since when; and the way back.
#[component]
pub fn EverythingStopped(
    stop: StopView,
    /// The agents that have a stop of their own.
    own: Vec<String>,
    releasers: Releasers,
    now: DateTime<Utc>,
) -> impl IntoView {
    let me = releasers.me.id;
    let confirm = match own.is_empty() {
        true => "I have looked at what happened, and all agents may go on.".to_owned(),
        false => format!(
            "I have looked at what happened, and all agents may go on but those with a stop of their own: {}.",
            list(&own)
        ),
    };
    view! {
        <div class="card stopped-card">
            <Confirmed what="All agents are stopped".to_owned() stop=stop.clone() now/>
            <p>"Nothing is allowed and nothing is granted, for any agent. What was granted before could be carried out for 30 seconds at most."</p>
            <ReleaseForm stop=stop.clone() what="all agents".to_owned() confirm releasers now/>
            <Explain stop me now/>
        </div>
    }
}

/// Who stopped it, and when.
#[component]
pub fn Confirmed(what: String, stop: StopView, now: DateTime<Utc>) -> impl IntoView {
    let reason =
        (!stop.reason.is_empty()).then(|| view! { <p class="stop-reason">"“" <Written text=stop.reason/> "”"</p> });
    view! {
        <div class="confirmed">
            <p class="confirmed-what">
                <Icon name="stop"/>
                <strong>{what}</strong>
            </p>
            <p>"By " <Written text=stop.by/> " at " <At at=stop.at now/> ", " <Ago at=stop.at now/> "."</p>
            {reason}
            <Added added=stop.added now/>
        </div>
    }
}

/// Who else pressed, and what was said since.
#[component]
pub fn Added(added: Vec<Addition>, now: DateTime<Utc>) -> impl IntoView {
    let line = |added: Addition| {
        let reason = (!added.reason.is_empty())
            .then(|| view! { <p class="stop-reason">"“" <Written text=added.reason/> "”"</p> });
        view! {
            <p>"Also by " <Written text=added.by/> " at " <At at=added.at now/> "."</p>
            {reason}
        }
    };
    added.into_iter().map(line).collect_view()
}
