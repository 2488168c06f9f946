use domain::view::AgentLink;
use leptos::prelude::*;

use crate::{
    agents::UNREADABLE,
    paths,
    ui::{Tag, Tone},
};

/// An agent that nothing is judged for, as what it may do cannot be read.
#[component]
pub fn UnreadableTask(agent: AgentLink) -> impl IntoView {
    view! {
        <li class="card task" data-key=format!("unreadable {}", agent.slug)>
            <div class="task-text">
                <Tag tone=Tone::Bad text="Cannot be judged"/>
                <p>
                    <a href=paths::agent(&agent.slug)>{agent.name}</a> ": " {UNREADABLE}
                </p>
            </div>
        </li>
    }
}
