use chrono::{DateTime, Utc};
use domain::{state::State, view::RequestRow};
use islands::Said;
use leptos::prelude::*;

use super::{Ago, Due, RowBadge, Tag, Tone};
use crate::paths;

/// One request in a `<ul class="lines">`: what it does, for whom, where it stands, and how long there is.
#[component]
pub fn RequestLine(
    row: RequestRow,
    now: DateTime<Utc>,
    /// Whether its agent reported an outcome without leave, and nobody has settled that.
    breach: bool,
) -> impl IntoView {
    let breach = breach.then(|| view! { <Tag tone=Tone::Bad text="Breach to settle"/> });
    let deadline = row.deadline.filter(|_| matches!(row.state, State::Waiting | State::Frozen));
    let badge = view! { <RowBadge row=row.clone() now/> };
    view! {
        <li class="line" data-key=row.id.to_string()>
            <div class="line-main">
                <a class="line-link" href=paths::request(row.id)><Said text=row.sentence/></a>
                <p class="line-more">
                    <span class="line-agent">{row.agent.name}</span>
                    " asked "
                    <Ago at=row.asked_at now/>
                </p>
            </div>
            <div class="line-side">
                {breach}
                {badge}
                {deadline.map(|at| view! { <Due at now still=row.still/> })}
            </div>
        </li>
    }
}
