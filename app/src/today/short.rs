use domain::view::approvals::Short;
use islands::Said;
use leptos::prelude::*;

use crate::{
    approvals::told_short,
    paths,
    ui::{Tag, Tone},
};

/// What waits and nobody can approve: for those who say who is in which queue.
#[component]
pub fn ShortTask(short: Short) -> impl IntoView {
    view! {
        <li class="card task" data-key=format!("short {}", short.why)>
            <div class="task-text">
                <Tag tone=Tone::Waiting text="Nobody can approve"/>
                <p><Said text=told_short(&short)/></p>
            </div>
            <a class="button button-accent" href=paths::queues()>"Look at the queues"</a>
        </li>
    }
}
