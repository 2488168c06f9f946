use chrono::{DateTime, Utc};
use domain::{
    entry::Kind,
    sentence::value,
    view::{EntryRow, RecordFilter, RecordPage},
};
use islands::Said;
use leptos::prelude::*;
use serde_json::Value;

use super::{
    Detail,
    query::{address, is_narrow},
};
use crate::{
    paths,
    ui::{Ago, At, DecisionBadge, Empty, words::label},
};

/// The entries, the newest first: a table where there is room, cards where there is not.
#[component]
pub fn Entries(filter: RecordFilter, page: RecordPage) -> impl IntoView {
    if page.entries.is_empty() {
        return view! { <Nothing filter/> }.into_any();
    }
    let now = page.now;
    let older = page.next.map(|next| address(&RecordFilter { before: Some(next), ..filter.clone() }));
    let newest = filter.before.map(|_| address(&RecordFilter { before: None, ..filter }));
    let called = |name: String| page.actions.get(&name).cloned().unwrap_or(name);
    let rows: Vec<_> = page
        .entries
        .into_iter()
        .map(|entry| EntryRow { action: entry.action.map(called), ..entry })
        .map(|entry| view! { <Entry entry now/> })
        .collect();
    view! {
        <div class="table-box stacks entries"><table class="table" role="table">
            <caption class="sr-only">"Entries of the record, the newest first"</caption>
            <thead role="rowgroup">
                <tr role="row">
                    <th scope="col" role="columnheader">"When"</th>
                    <th scope="col" role="columnheader">"Who"</th>
                    <th scope="col" role="columnheader">"What happened"</th>
                    <th scope="col" role="columnheader">"About"</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table></div>
        <nav class="pager" aria-label="Pages of the record">
            {newest.map(|href| view! { <a class="button button-neutral" href=href>"Newest entries"</a> })}
            {older.map(|href| view! { <a class="button button-neutral" href=href>"Older entries"</a> })}
        </nav>
    }
    .into_any()
}

#[component]
fn Entry(entry: EntryRow, now: DateTime<Utc>) -> impl IntoView {
    let what = happened(&entry);
    let about = entry.sentence.or(entry.action.map(|label| value(&label)));
    let about = about.or(entry.request.map(|_| "The request".to_owned()));
    let of_all = entry.detail.get("everything").and_then(Value::as_bool) == Some(true);
    let about = about.or(of_all.then(|| "All agents".to_owned()));
    let about = about.or_else(|| about_whom(&entry.detail));
    let version = version_of(&entry.detail).zip(entry.agent.clone()).map(|(version, agent)| {
        let href = paths::version(&agent.slug, version);
        view! { " " <a href=href>{format!("Permission version {version}")}</a> }
    });
    let was = entry.was.map(|was| view! { <p class="entry-reason">"It was: " <Said text=was/></p> });
    let agent = entry.agent.filter(|agent| agent.name != entry.who);
    let is_of_nothing = about.is_none() && agent.is_none() && entry.request.is_none();
    let between = (about.is_some() && agent.is_some()).then_some(" · ");
    let about = match entry.request {
        Some(id) => view! { <a href=paths::request(id)>{about.map(|text| view! { <Said text/> })}</a> }.into_any(),
        None => about.map(|text| view! { <Said text/> }).into_any(),
    };
    let agent = agent.map(|agent| view! { <a href=paths::agent(&agent.slug)>{agent.name}</a> });
    view! {
        <tr role="row" data-key=entry.id.to_string()>
            <td role="cell" data-label="When"><div class="cell">
                <At at=entry.at now/>
                <span class="hint">" " <Ago at=entry.at now/></span>
            </div></td>
            <td role="cell" data-label="Who"><div class="cell">{entry.who}</div></td>
            <td role="cell" data-label="What happened"><div class="cell">
                <span class="entry-what">{what}</span>
                {entry.decision.map(|decision| view! { " " <DecisionBadge decision/> })}
                {version}
                {was}
                <Detail detail=entry.detail/>
            </div></td>
            <td role="cell" data-label="About" class:nothing=is_of_nothing><div class="cell">{about} {between} {agent}</div></td>
        </tr>
    }
}

/// What a newer Reins has written.
const UNKNOWN: &str = "did something that this version of Reins does not know";

/// What an entry says happened, and which way it went.
pub fn happened(entry: &EntryRow) -> String {
    let status = entry.detail.get("status").and_then(Value::as_str);
    let way = match (entry.kind, status) {
        (Some(Kind::Settled), Some("succeeded")) => ": it was carried out",
        (Some(Kind::Settled), Some("failed")) => ": it was not carried out",
        (Some(Kind::Settled), _) => ": an outcome that came without a grant",
        (Some(Kind::Reported), Some("succeeded")) => ": it succeeded",
        (Some(Kind::Reported), Some("failed")) => ": it failed",
        (Some(Kind::Reported), Some("unknown")) => ": it is not known",
        _ => "",
    };
    label(entry.kind.map_or(UNKNOWN, Kind::words)) + way
}

/// "`Cleo Lead`, in the queue `cs-leads`": whom an entry is about, or which queue, or what somebody proposed.
fn about_whom(detail: &Value) -> Option<String> {
    let detail = detail.get("change").unwrap_or(detail);
    let text = |name: &str| detail.get(name).and_then(Value::as_str).map(value);
    match (text("person"), text("queue")) {
        (Some(person), Some(queue)) => Some(format!("{person}, in the queue {queue}")),
        (Some(person), None) => Some(person),
        (None, Some(queue)) => Some(format!("The queue {queue}")),
        (None, None) => {
            let named = ["/action/label", "/set/label", "/data_set/label", "/topic", "/subject"];
            named.iter().find_map(|name| detail.pointer(name)?.as_str()).map(value)
        }
    }
}

/// The permission version that an entry is about, or that judged its request.
fn version_of(detail: &Value) -> Option<i32> {
    let number = ["permission_version", "version"].iter().find_map(|name| detail.get(name)?.as_i64())?;
    i32::try_from(number).ok()
}

#[component]
fn Nothing(filter: RecordFilter) -> impl IntoView {
    match is_narrow(&filter) || filter.before.is_some() {
        true => view! {
            <Empty title="Nothing fits.">
                <p>
                    "No entry fits all that is set above. " <a href=paths::activity()>"Show everything"</a>
                </p>
            </Empty>
        }
        .into_any(),
        false => view! {
            <Empty title="Nothing has happened yet.">
                <p>"Each request, decision, stop and sign-in shows up here, and stays."</p>
            </Empty>
        }
        .into_any(),
    }
}
