use chrono::{DateTime, Utc};
use domain::view::jobs::LateJob;
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Ago, Tag, Tone},
};

/// Something that Reins does by itself, and has not done for too long.
#[component]
pub fn LateTask(late: LateJob, now: DateTime<Utc>) -> impl IntoView {
    let key = format!("late {}", late.label);
    view! {
        <li class="card task" data-key=key>
            <div class="task-text">
                <Tag tone=Tone::Bad text="Not done in time"/>
                <p><strong>{late.label}</strong> ", last done " <Ago at=late.since now/> ". " {late.without}</p>
            </div>
            <a class="button button-accent" href=paths::jobs()>"See what runs by itself"</a>
        </li>
    }
}
