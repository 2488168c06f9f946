use domain::{
    entry::Kind,
    view::{AgentLink, MOST_COUNTED},
};
use leptos::prelude::*;

use crate::{paths, ui::words};

/// How many more things of an agent lie open than are shown one by one, and the way to all of them.
#[component]
pub fn Rest(
    agent: AgentLink,
    /// Of their entries in the record.
    kind: Kind,
    rest: u32,
    total: u32,
    /// What they are.
    words: &'static str,
    tag: AnyView,
    /// What can be done with all of them.
    #[prop(optional_no_strip)]
    settle: Option<AnyView>,
) -> impl IntoView {
    let total = match total < MOST_COUNTED {
        true => words::grouped(total),
        false => format!("{} or more", words::grouped(MOST_COUNTED)),
    };
    let record = paths::activity_about(&agent.slug, kind);
    view! {
        <li class="card task" data-key=format!("rest {} {}", kind.name(), agent.slug)>
            <div class="task-text">
                {tag}
                <p>
                    <a href=paths::agent(&agent.slug)>{agent.name}</a>
                    {format!(" has {total} {words}. The oldest stand above; {} more do not.", words::grouped(rest))}
                </p>
                <p><a href=record>"See them in the record"</a></p>
            </div>
            {settle}
        </li>
    }
}
