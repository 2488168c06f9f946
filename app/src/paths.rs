//! Every address as a function: for links, redirects and tests.

use domain::{
    authoring::draft::Side,
    entry::Kind,
    id::{RequestId, StopId},
    view::{WaitingFilter, approvals::Place},
};

pub use crate::told::after;

pub fn today() -> String {
    "/".to_owned()
}

pub fn approvals() -> String {
    "/approvals".to_owned()
}

/// What waits for one queue.
pub fn queue(slug: &str) -> String {
    waiting(&WaitingFilter { queue: Some(slug.to_owned()), ..WaitingFilter::default() })
}

/// A part of what waits.
pub fn waiting(filter: &WaitingFilter) -> String {
    let after = filter.after.as_ref().map(Place::text);
    let later = filter.later.then(|| "later".to_owned());
    let parts = [("queue", filter.queue.clone()), ("agent", filter.agent.clone()), ("show", later), ("after", after)];
    let set = parts.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escaped(&value?))));
    match set.collect::<Vec<_>>().join("&") {
        none if none.is_empty() => approvals(),
        query => format!("{}?{query}", approvals()),
    }
}

pub fn request(id: RequestId) -> String {
    format!("/approvals/{id}")
}

pub fn agents() -> String {
    "/agents".to_owned()
}

pub fn agent(slug: &str) -> String {
    format!("/agents/{slug}")
}

/// Where an agent's permissions are written.
pub fn permissions(slug: &str) -> String {
    format!("/agents/{slug}/permissions")
}

/// The same page, at one of its parts.
pub fn permissions_at(slug: &str, anchor: &str) -> String {
    format!("/agents/{slug}/permissions#{}", escaped(anchor))
}

/// The same page with one rule unfolded.
pub fn permissions_rule(slug: &str, id: &str, anchor: &str) -> String {
    format!("/agents/{slug}/permissions?rule={}#{}", escaped(id), escaped(anchor))
}

pub fn publish(slug: &str) -> String {
    format!("/agents/{slug}/permissions/publish")
}

pub fn versions(slug: &str) -> String {
    format!("/agents/{slug}/permissions/versions")
}

/// Those before a version.
pub fn versions_before(slug: &str, version: i32) -> String {
    format!("/agents/{slug}/permissions/versions?before={version}")
}

pub fn version(slug: &str, version: i32) -> String {
    format!("/agents/{slug}/permissions/versions/{version}")
}

pub fn compare(slug: &str, from: i32, to: i32) -> String {
    format!("/agents/{slug}/permissions/compare?from={from}&to={to}")
}

/// Where two versions are chosen for comparing.
pub fn compare_any(slug: &str) -> String {
    format!("/agents/{slug}/permissions/compare")
}

/// A made-up request, judged by the draft.
pub fn try_it(slug: &str) -> String {
    format!("/agents/{slug}/permissions/try")
}

/// What the draft would have changed.
pub fn impact(slug: &str) -> String {
    format!("/agents/{slug}/permissions/impact")
}

/// What is in force, to print and sign; without that, the draft.
pub fn print_permissions(slug: &str) -> String {
    format!("/agents/{slug}/permissions/print")
}

/// The same page with one of both.
pub fn print_side(slug: &str, side: Side) -> String {
    format!("/agents/{slug}/permissions/print?version={side}")
}

/// An agent's permissions as files, and the way for files in.
pub fn files(slug: &str) -> String {
    format!("/agents/{slug}/permissions/files")
}

/// A file to keep, of one version.
pub fn export_file(slug: &str, file: &str, version: i32) -> String {
    format!("/agents/{slug}/permissions/export/{file}?version={version}")
}

/// Where an agent file is pasted; its form posts there, too.
pub fn import_agent() -> String {
    "/agents/import".to_owned()
}

/// Action types.
pub fn actions() -> String {
    "/settings/actions".to_owned()
}

pub fn data_sets() -> String {
    "/settings/data-sets".to_owned()
}

pub fn words() -> String {
    "/settings/words".to_owned()
}

/// Changes that wait for another admin.
pub fn changes() -> String {
    "/settings/changes".to_owned()
}

/// What runs by itself.
pub fn jobs() -> String {
    "/settings/jobs".to_owned()
}

pub fn stop() -> String {
    "/stop".to_owned()
}

/// Where the form that stops everything posts to.
pub fn stop_everything() -> String {
    "/stop".to_owned()
}

/// Where the form that stops one agent posts to.
pub fn stop_agent(slug: &str) -> String {
    format!("/stop/{slug}")
}

/// Where the form that ends a stop posts to.
pub fn release() -> String {
    "/release".to_owned()
}

/// Who stopped what, why, and who released it.
pub fn stops() -> String {
    "/stops".to_owned()
}

/// Those before a stop.
pub fn stops_before(stop: StopId) -> String {
    format!("/stops?before={stop}")
}

/// The same page, saying of a stop that it was released.
pub fn released(stop: StopId) -> String {
    format!("/stops?released={stop}")
}

/// The record.
pub fn activity() -> String {
    "/activity".to_owned()
}

/// What one agent did.
pub fn activity_of(agent: &str) -> String {
    format!("/activity?agent={agent}")
}

/// What happened to one agent, of one kind.
pub fn activity_about(agent: &str, kind: Kind) -> String {
    format!("/activity?agent={agent}&kind={}", kind.name())
}

pub fn integrations() -> String {
    "/integrations".to_owned()
}

pub fn integration(slug: &str) -> String {
    format!("/integrations/{}", escaped(slug))
}

pub fn settings() -> String {
    "/settings".to_owned()
}

pub fn people() -> String {
    "/settings/people".to_owned()
}

/// What is kept of customers.
pub fn customers() -> String {
    "/settings/customers".to_owned()
}

/// What is kept of one, by the id that agents use.
pub fn customer(id: &str) -> String {
    format!("/settings/customers?id={}", escaped(id))
}

pub fn queues() -> String {
    "/settings/queues".to_owned()
}

/// Where people change their own password; its form posts there, too.
pub fn own_password() -> String {
    "/settings/password".to_owned()
}

pub fn keys() -> String {
    "/settings/keys".to_owned()
}

/// Where the form that makes a key posts to; the answer shows the key, once.
pub fn create_key() -> String {
    "/settings/keys/create".to_owned()
}

pub fn sign_in() -> String {
    "/sign-in".to_owned()
}

/// The sign-in that leads to a page of this site.
pub fn sign_in_to(page: &str) -> String {
    format!("/sign-in?next={}", escaped(page))
}

/// Where the form that signs out posts to.
pub fn sign_out() -> String {
    "/sign-out".to_owned()
}

pub fn setup() -> String {
    "/setup".to_owned()
}

/// Server-sent events that say when something changed.
pub fn live() -> String {
    "/live".to_owned()
}

/// A picture of an agent's decisions, day by day; `narrow` is for a phone.
pub fn decisions_chart(slug: &str, theme: &str, narrow: bool) -> String {
    let width = if narrow { "&width=narrow" } else { "" };
    format!("/charts/decisions/{slug}.svg?theme={theme}{width}")
}

/// Where an agent is added.
pub fn new_agent() -> String {
    "/agents/new".to_owned()
}

pub fn action(name: &str) -> String {
    format!("/settings/actions/{name}")
}

/// Where an action type is added.
pub fn new_action() -> String {
    "/settings/actions/new".to_owned()
}

/// Percent-encodes what a query value may not hold (RFC 3986, section 2.3).
pub fn escaped(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}
