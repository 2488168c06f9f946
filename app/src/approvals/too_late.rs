use domain::{
    entry::Kind,
    standing::Silence,
    state::State,
    view::{Me, RequestView},
};
use leptos::prelude::*;

use super::standing::silence;
use crate::ui::{Notice, Tone, words::list};

/// That an answer came after another one: whose that was, as the request itself says.
#[component]
pub fn TooLate(me: Me, request: RequestView, late: bool) -> impl IntoView {
    let words = late.then(|| words(&request, &me));
    view! {
        <div class="error-note" role="alert">
            {words.map(|words| view! { <Notice tone=Tone::Waiting>{words}</Notice> })}
        </div>
    }
}

fn words(request: &RequestView, me: &Me) -> String {
    let ends = [Kind::Rejected, Kind::Expired, Kind::Cancelled].map(Some);
    let end = request.entries.iter().rev().find(|entry| ends.contains(&entry.kind));
    let approved = || request.needs.iter().flat_map(|need| &need.given);
    let by_me = approved().any(|yes| yes.given.by == me.id);
    let is_waiting = matches!(request.row.state, State::Waiting | State::Frozen);
    match (request.row.state, end.map(|end| end.who.as_str())) {
        (State::Expired, _) if silence(request) == Some(Silence::Retired) => {
            format!("{} is retired, so your answer was not recorded.", request.row.agent.name)
        }
        (State::Expired, _) | (State::Rejected, Some("Reins")) => {
            "The time to answer had run out, so your answer was not recorded.".to_owned()
        }
        (State::Cancelled, _) => {
            format!("{} had withdrawn this, so your answer was not recorded.", request.row.agent.name)
        }
        (State::Rejected, Some(who)) if who == me.name => {
            "You had rejected this already, so nothing was recorded twice.".to_owned()
        }
        (State::Rejected, Some(who)) => format!("{who} had rejected this, so your answer was not recorded."),
        _ if by_me => "You had approved this already, so nothing was recorded twice.".to_owned(),
        _ if is_waiting || approved().next().is_none() => {
            "This was decided in the meantime, so your answer was not recorded.".to_owned()
        }
        _ => {
            let mut names: Vec<&str> = approved().map(|yes| yes.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            format!("{} had approved this, so your answer was not recorded.", list(&names))
        }
    }
}
