use chrono::{DateTime, Utc};
use domain::{id::PersonId, view::StopView};
use leptos::prelude::*;

use super::calls::ExplainStop;
use crate::ui::{Reason, Submit, post_to, sent};

/// Adds a reason: to one's own press, as it should be when it is urgent, or to somebody else's.
#[component]
pub fn Explain(stop: StopView, me: PersonId, now: DateTime<Utc>) -> impl IntoView {
    let unexplained = stop.reason.is_empty() && stop.added.iter().all(|added| added.reason.is_empty());
    let summary = if unexplained { "Say why it is stopped" } else { "Add a reason" };
    let hint = match stop.is_held_by_adding(me, now) {
        true => {
            "It is your stop then, too: who pressed cannot take it back any more, and only an operator or an admin can release it."
        }
        false => "",
    };
    let sent = sent::<ExplainStop>().about("stop", &stop.id.to_string());
    view! {
        <details class="fold-plain" open=sent.is_some()>
            <summary>{summary}</summary>
            <form class="form" method="post" action={post_to::<ExplainStop>()}>
                <input type="hidden" name="stop" value=stop.id.to_string()/>
                <Reason label="Why it is stopped" hint value=sent.text("reason") required=true/>
                <div class="actions">
                    <Submit label="Add the reason"/>
                </div>
            </form>
        </details>
    }
}
