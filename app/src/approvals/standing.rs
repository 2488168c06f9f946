use chrono::TimeDelta;
use domain::{
    entry::Kind,
    standing::Silence,
    state::{OUTCOME_SECONDS, State},
    view::{EntryRow, RequestView, Void, VoidYes},
};
use islands::Said;
use leptos::prelude::*;

use crate::ui::{Ago, AnswerDue, At, Left, Notice, RowBadge, Tone, Written, decision_words, words::list};

/// What is true of the request now: by whom, when, and what comes next.
#[component]
pub fn Standing(request: RequestView) -> impl IntoView {
    let (row, now) = (request.row.clone(), request.now);
    view! {
        <div class="standing" role="status">
            <RowBadge row now/>
            <p class="lead">{words(&request)}</p>
            {void(&request)}
            {request.short.clone().map(|short| view! { <Notice tone=Tone::Waiting><Said text=short/></Notice> })}
        </div>
    }
}

fn words(request: &RequestView) -> AnyView {
    let now = request.now;
    let agent = request.row.agent.name.clone();
    let (deadline, still) = (request.row.deadline, request.row.still);
    match request.row.state {
        State::Waiting => {
            let queues: Vec<String> = request.needs.iter().map(|need| need.queue_name.clone()).collect();
            view! {
                {yes(request)} "Waits for " {list(&queues)}
                {deadline.map(|at| view! { ". " <AnswerDue at now still/> })} "."
            }
            .into_any()
        }
        State::Approved => view! {
            {yes(request)}
            {match still {
                true => view! { "Waits for the agent to come for it; its clock stands still." }.into_any(),
                false => {
                    let until = deadline.map(|at| view! { " until " <At at now/> });
                    view! { "Waits for the agent to come for it" {until} "." }.into_any()
                }
            }}
        }
        .into_any(),
        State::Granted => view! { {yes(request)} {granted(request)} }.into_any(),
        State::Frozen => view! {
            "Frozen: " {agent} " is stopped. Nothing can be approved until it is released. "
            {deadline.map(|at| view! { <AnswerDue at now still/> "." })}
        }
        .into_any(),
        State::Succeeded => view! { {yes(request)} {outcome(request, "Carried out")} }.into_any(),
        State::Failed => view! { {yes(request)} {outcome(request, "Tried, and it failed")} }.into_any(),
        State::Unknown => view! {
            "Nobody knows yet whether this happened. Look it up in the outside system, then say so below."
        }
        .into_any(),
        State::RolledBack => last(request, Kind::RolledBack, "Undone".to_owned()).into_any(),
        State::Rejected => last(request, Kind::Rejected, "Rejected".to_owned()).into_any(),
        State::Expired => {
            let because = silence(request);
            let unclaimed = because == Some(Silence::Unclaimed);
            let what = match because {
                Some(Silence::Unclaimed) => format!("Expired, as {agent} never came for it. Nothing was done"),
                Some(silence) => format!("Expired, as {}", silence.words()),
                None => "Expired".to_owned(),
            };
            let yes = unclaimed.then(|| yes(request));
            view! { {yes} {last(request, Kind::Expired, what)} }.into_any()
        }
        State::Cancelled => last(request, Kind::Cancelled, "Withdrawn".to_owned()).into_any(),
        State::Denied => "Denied at once: the agent has no leave to carry it out.".into_any(),
        State::Stopped => view! { {agent} " was stopped when it asked, and has no leave to carry it out." }.into_any(),
        State::Paused => {
            "Paused: the system it runs on had its circuit breaker open. The agent has no leave to carry it out."
                .into_any()
        }
        State::Shadowed => {
            let would = request.would_have_been.as_deref().map(|would| decision_words(would).2.to_lowercase());
            view! {
                "In shadow: only judged, never carried out."
                {would.map(|would| format!(" It would have been: {would}."))}
            }
            .into_any()
        }
    }
}

/// Whose yes counts no more, and why.
fn void(request: &RequestView) -> Vec<AnyView> {
    let line = |yes: &VoidYes| {
        let why = match yes.why {
            Void::Changed => "the request was changed after it".to_owned(),
            Void::Stopped => format!("{} was stopped after it", request.row.agent.name),
            Void::Left => format!("{} may decide for its queue no more, or only since later", yes.name),
        };
        view! { <p>"The yes of " {yes.name.clone()} " of " <At at=yes.at now=request.now/> " counts no more, as " {why} "."</p> }
            .into_any()
    };
    request.void.iter().map(line).collect()
}

/// Whether it may be carried out now; after that, what is known of it.
fn granted(request: &RequestView) -> AnyView {
    let (now, ends) = (request.now, request.row.leave_ends());
    let agent = request.row.agent.name.clone();
    if ends > now {
        return match request.stopped {
            true => {
                view! { {agent} " is stopped now, and had leave for it before: that ends " <Left at=ends now/> "." }
                    .into_any()
            }
            false => view! { {agent} " may carry it out now: its leave ends " <Left at=ends now/> "." }.into_any(),
        };
    }
    let ended = view! { "Its leave ended at " <At at=ends now/> };
    if request.row.needs_no_report() {
        return view! {
            {ended} ". Nobody has to say what came of it, as it only reads, or changes only the desk’s own notes."
        }
        .into_any();
    }
    let settled = ends + TimeDelta::seconds(OUTCOME_SECONDS);
    view! {
        {ended} ", and nobody has said yet what came of it: it may have been carried out. If " {agent} " does not say it, "
        "a person can settle it " <Left at=settled now/> "."
    }
    .into_any()
}

/// Why it is over, where nobody's word has ended it.
pub fn silence(request: &RequestView) -> Option<Silence> {
    let expired = request.entries.iter().rev().find(|entry| entry.kind == Some(Kind::Expired))?;
    Silence::parse(expired.detail.get("because")?.as_str()?)
}

/// "Approved by Ana and Ben, 2 minutes ago. "
fn yes(request: &RequestView) -> Option<impl IntoView + use<>> {
    let now = request.now;
    let mut given: Vec<_> = request.needs.iter().flat_map(|need| &need.given).collect();
    given.sort_by_key(|yes| yes.given.at);
    given.dedup_by_key(|yes| yes.given.by);
    let at = given.last()?.given.at;
    let mut names: Vec<String> = Vec::new();
    for yes in given {
        if !names.contains(&yes.name) {
            names.push(yes.name.clone());
        }
    }
    Some(view! { "Approved by " {list(&names)} ", " <Ago at now/> ". " })
}

/// What came of it, and whether the agent reported or a person settled it.
fn outcome(request: &RequestView, what: &str) -> impl IntoView + use<> {
    let settled = request.entries.iter().any(|entry| entry.kind == Some(Kind::Settled));
    let (kind, how) = if settled { (Kind::Settled, "settled") } else { (Kind::Reported, "reported") };
    last(request, kind, format!("{what}, as {how}"))
}

/// "Rejected by Ana, 2 minutes ago: the order was never delivered."
fn last(request: &RequestView, kind: Kind, what: String) -> impl IntoView + use<> {
    let now = request.now;
    let entry = request.entries.iter().rev().find(|entry| entry.kind == Some(kind)).cloned();
    match entry {
        None => view! { {what} "." }.into_any(),
        Some(entry) => {
            let reason = match said(&entry) {
                Some(reason) => view! { ": " <Written text=reason/> }.into_any(),
                None => ".".into_any(),
            };
            let who = if entry.who == "Reins" { String::new() } else { format!(" by {}", entry.who) };
            view! { {what} {who} ", " <Ago at=entry.at now/> {reason} }.into_any()
        }
    }
}

/// The reason or the note of an entry.
fn said(entry: &EntryRow) -> Option<String> {
    let text = ["reason", "note"].iter().find_map(|name| entry.detail.get(name)?.as_str())?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}
