use chrono::{DateTime, Utc};
use domain::view::jobs::ReplicaRow;
use leptos::prelude::*;

use crate::ui::{Ago, At, DatedAt, Tag, Tone, Written};

/// One server: whether it is here, its version, and whether it knows the newest rules.
#[component]
pub fn Replica(
    replica: ReplicaRow,
    /// The revision of the rules as they are now.
    revision: i64,
    now: DateTime<Utc>,
) -> impl IntoView {
    let here = replica.is_here(now);
    let (tone, text) = match (here, replica.left_at) {
        (true, _) => (Tone::Good, "Here"),
        (false, Some(_)) => (Tone::Neutral, "Ended"),
        (false, None) => (Tone::Bad, "Gone"),
    };
    let seen = replica.seen_at;
    let since = match (here, replica.left_at) {
        (true, _) => view! { "Seen " <Ago at=seen now/> "." }.into_any(),
        (false, Some(at)) => view! { "It was ended in order at " <At at now/> "." }.into_any(),
        (false, None) => view! {
            "Seen " <Ago at=seen now/> ", and it did not say that it ends. If nobody ended it, it went down, or \
             does not reach the database; then it allows nothing."
        }
        .into_any(),
    };
    let behind = (here && replica.revision != Some(revision))
        .then_some(" It has not read the newest rules yet, and reads them before it decides anything.");
    view! {
        <li class="card task" data-key=replica.id.to_string()>
            <div class="task-text">
                <p><strong><Written text=replica.name/></strong> " " <Tag tone text/></p>
                <p class="quiet">
                    {format!("Reins {}, begun at ", replica.version)} <DatedAt at=replica.started_at/> ". " {since} {behind}
                </p>
            </div>
        </li>
    }
}
