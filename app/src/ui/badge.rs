use chrono::{DateTime, Utc};
use domain::{state::State, view::RequestRow};
use leptos::prelude::*;

use super::{Icon, Tone};

/// Where a request stands.
#[component]
pub fn Badge(state: State) -> impl IntoView {
    let (tone, icon, words) = state_words(state);
    view! { <Marked tone icon words/> }
}

/// The same of a request; of what was granted and had its time, what is known of it.
#[component]
pub fn RowBadge(row: RequestRow, now: DateTime<Utc>) -> impl IntoView {
    if row.state != State::Granted || row.leave_ends() > now {
        return view! { <Badge state=row.state/> }.into_any();
    }
    match row.needs_no_report() {
        true => view! { <Marked tone=Tone::Neutral icon="go" words="Let through"/> }.into_any(),
        false => view! { <Marked tone=Tone::Waiting icon="question" words="Not reported yet"/> }.into_any(),
    }
}

/// What Reins answered to a request, by the decision's name.
#[component]
pub fn DecisionBadge(#[prop(into)] decision: String) -> impl IntoView {
    let (tone, icon, words) = decision_words(&decision);
    view! { <Marked tone icon words/> }
}

#[component]
fn Marked(tone: Tone, icon: &'static str, words: &'static str) -> impl IntoView {
    view! {
        <span class=format!("badge badge-{}", tone.name())>
            <Icon name=icon/>
            {words}
        </span>
    }
}

pub fn state_words(state: State) -> (Tone, &'static str, &'static str) {
    match state {
        State::Denied => (Tone::Neutral, "deny", "Denied"),
        State::Stopped => (Tone::Bad, "stop", "Stopped"),
        State::Paused => (Tone::Waiting, "pause", "Paused"),
        State::Shadowed => (Tone::Neutral, "shadow", "Shadow only"),
        State::Waiting => (Tone::Waiting, "clock", "Waiting"),
        State::Approved => (Tone::Good, "check", "Approved"),
        State::Granted => (Tone::Accent, "go", "Under way"),
        State::Rejected => (Tone::Neutral, "deny", "Rejected"),
        State::Expired => (Tone::Neutral, "clock", "Expired"),
        State::Cancelled => (Tone::Neutral, "deny", "Withdrawn"),
        State::Succeeded => (Tone::Good, "check", "Done"),
        State::Failed => (Tone::Bad, "alert", "Failed"),
        State::Unknown => (Tone::Waiting, "question", "Outcome unknown"),
        State::RolledBack => (Tone::Neutral, "undo", "Rolled back"),
        State::Frozen => (Tone::Bad, "stop", "Frozen by a stop"),
    }
}

pub fn decision_words(decision: &str) -> (Tone, &'static str, &'static str) {
    match decision {
        "allowed" => (Tone::Good, "check", "Allowed"),
        "needs_approval" => (Tone::Waiting, "person", "Asks a person"),
        "denied" => (Tone::Neutral, "deny", "Denied"),
        "stopped" => (Tone::Bad, "stop", "Stopped"),
        "paused" => (Tone::Waiting, "pause", "Paused"),
        "shadowed" => (Tone::Neutral, "shadow", "Shadow only"),
        _ => (Tone::Neutral, "question", "Not known"),
    }
}
