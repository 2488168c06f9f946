//! Every server function, form and agent route, with what is tried there; what the features say of it is who may use it.

use std::collections::BTreeSet;

use app::feature::{self, Call, Kind};
use domain::role::Capability;
use leptos_axum::generate_route_list;
use uuid::Uuid;

use crate::front::{Front, refund};

/// Of each server function a form that fits, and what becomes of it for somebody who may.
/// `{request}` is one that waits, `{id}` is of nothing.
const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("agents/calls/create_agent", "name=Nobody&slug=-&purpose=", "422 {invalid:slug}"),
    ("agents/calls/describe_agent", "agent=nobody&seen_name=x&seen_purpose=&name=y&purpose=", "404 not_found"),
    ("agents/calls/set_mode", "agent=nobody&seen=live&mode=retired&reason=x", "404 not_found"),
    ("agents/calls/tighten", "agent=nobody&reason=x&days=", "404 not_found"),
    ("agents/calls/lift", "agent=support&tightening={id}&reason=x", "409 changed_meanwhile"),
    ("agents/calls/open_breaker", "agent=support&integration=nothing&reason=x", "409 changed_meanwhile"),
    (
        "agents/calls/close_breaker",
        "agent=support&integration=nothing&opened=2026-01-01T00:00:00Z&reason=x",
        "409 changed_meanwhile",
    ),
    ("approvals/calls/approve", "id={request}&digest=x&note=", "409 changed_meanwhile"),
    ("approvals/calls/change_and_approve", "id={request}&digest=x&note=&fields[/order_id]=x", "409 changed_meanwhile"),
    ("approvals/calls/reject", "id={request}&digest=x&reason=x", "409 changed_meanwhile"),
    ("approvals/calls/roll_back", "id={request}&reason=x", "409 changed_meanwhile"),
    ("approvals/calls/resolve_complaint", "id={request}&reason=x", "409 changed_meanwhile"),
    ("approvals/calls/settle", "id={request}&outcome=succeeded&reason=x", "409 changed_meanwhile"),
    ("catalog/calls/put_action_type", "fields[name]=-", "422 {invalid:action}"),
    ("catalog/calls/redraw_action_type", "fields[name]=x", "200"),
    ("catalog/calls/put_data_set", "name=-&label=x&sensitivity=personal&note=x", "200"),
    ("catalog/calls/put_words", "topic=&words=x&note=x", "422 {invalid:name}"),
    ("catalog/calls/rename", "thing=queue&slug=nothing&seen=x&name=Y&note=x", "404 not_found"),
    ("catalog/calls/accept_change", "id=00000000-0000-0000-0000-000000000000&note=x", "409 changed_meanwhile"),
    ("catalog/calls/withdraw_change", "id=00000000-0000-0000-0000-000000000000", "409 changed_meanwhile"),
    ("customers/calls/erase_customer", "customer=nobody&seen=7&confirm=yes&reason=x", "409 changed_meanwhile"),
    ("customers/calls/place_hold", "agent=nobody&reason=x", "404 not_found"),
    ("customers/calls/release_hold", "hold={id}&reason=x", "409 changed_meanwhile"),
    ("integrations/calls/describe_integration", "slug=nothing&seen=x&said[vendor]=X", "404 not_found"),
    ("integrations/calls/open_breaker", "slug=nothing&reason=x", "409 changed_meanwhile"),
    ("integrations/calls/close_breaker", "slug=nothing&opened=2026-01-01T00:00:00Z&reason=x", "409 changed_meanwhile"),
    (
        "permissions/begin/calls/begin_from",
        "agent=nobody&start[point]=ads&start[amount]=5&start[currency]=USD",
        "404 not_found",
    ),
    ("permissions/calls/set_data_set", "agent=nobody&name=x&seen=x&standing=all", "404 not_found"),
    ("permissions/calls/set_action", "agent=nobody&name=x&seen=x&standing=allowed", "404 not_found"),
    (
        "permissions/calls/save_limit",
        concat!(
            "agent=nobody&action=x&limit[kind]=count&then=remove&seen=",
            "{\"kind\":\"count\",\"most\":1,\"window\":{\"per\":\"agent\",\"within_s\":60}}"
        ),
        "404 not_found",
    ),
    ("permissions/calls/add_limit", "agent=support&action=order.refund&seen=x&kind=count", "409"),
    ("permissions/calls/add_rule", "agent=support&applies=any&kind=irreversible", "200"),
    ("permissions/calls/save_rule", "agent=nobody&id=x&seen=x&rule[applies]=any&then=remove", "404 not_found"),
    (
        "permissions/calls/set_fallback",
        "agent=nobody&seen=x&queue=x&within[number]=1&within[unit]=days",
        "404 not_found",
    ),
    ("permissions/calls/set_record", "agent=nobody&seen=x&record[]=input", "404 not_found"),
    ("permissions/calls/set_require", "agent=nobody&seen=x&fields[]=model", "404 not_found"),
    ("permissions/calls/set_mask", "agent=nobody&seen=x&pointers=/x", "404 not_found"),
    ("permissions/calls/set_keep_days", "agent=nobody&seen=x&days=400", "404 not_found"),
    ("permissions/impact/calls/judge_record", "agent=nobody&seen={id}.1", "404 not_found"),
    ("permissions/impact/calls/cancel_impact", "agent=nobody", "404 not_found"),
    ("permissions/publish/calls/discard", "agent=nobody&seen={id}.1", "404 not_found"),
    ("permissions/publish/calls/take_back", "agent=nobody&seen=", "404 not_found"),
    ("permissions/publish/calls/catch_up", "agent=nobody&seen={id}.1", "404 not_found"),
    ("permissions/publish/calls/restore", "agent=nobody&version=1&seen=", "404 not_found"),
    ("permissions/publish/calls/propose", "agent=nobody&seen={id}.1&note=x", "404 not_found"),
    ("permissions/publish/calls/publish", "agent=nobody&seen={id}.1&note=x", "404 not_found"),
    ("settings/calls/need_two_to_publish", "", "409 shared_password"),
    ("settings/calls/propose_one_to_publish", "note=x", "409 changed_meanwhile"),
    ("settings/calls/add_person", "email=none&name=X&role=admin&password=long+enough+for+it", "422 {invalid:email}"),
    ("settings/calls/change_person", "id={id}&seen=reviewer&role=admin", "404 not_found"),
    ("settings/calls/confirm_password", "id={id}&own_since=2026-01-01T00:00:00Z", "409 changed_meanwhile"),
    ("settings/calls/disable_person", "id={id}", "404 not_found"),
    ("settings/calls/set_password", "id={id}&password=long+enough+for+it", "404 not_found"),
    ("settings/calls/enable_person", "id={id}&disabled_at=2026-01-01T00:00:00Z", "404 not_found"),
    ("settings/calls/add_queue", "slug=cs-leads&name=X", "409 exists"),
    ("settings/calls/add_member", "queue=nothing&person={id}", "404 not_found"),
    ("settings/calls/remove_member", "queue=nothing&person={id}", "404 not_found"),
    ("settings/calls/revoke_key", "id={id}", "404 not_found"),
    ("stop/calls/explain_stop", "stop={id}&reason=x", "409 changed_meanwhile"),
    ("today/calls/settle_unknown", "request={request}&outcome=failed&reason=x", "409 changed_meanwhile"),
    (
        "today/calls/settle_breaches",
        "agent=nobody&seen_until=2026-11-30T00:00:00Z&seen_count=1&reason=x",
        "404 not_found",
    ),
    ("today/calls/see_unclaimed", "request={request}", "409 changed_meanwhile"),
    ("today/calls/settle_breach", "entry={id}&reason=x", "409 changed_meanwhile"),
];

/// The same of the plain forms.
const FORMS: &[(&str, &str, &str)] = &[
    ("/sign-in", "email=x&password=y", ""),
    ("/sign-out", "", ""),
    ("/setup", "code=x&name=X&email=x@example.com&password=long+enough+for+it", ""),
    ("/stop", "", "303"),
    ("/stop/{slug}", "", "303"),
    ("/release", "stop=00000000-0000-0000-0000-000000000000&seen=0&reason=x&confirm=1", "404"),
    ("/settings/keys/create", "agent=nobody&kind=agent&label=x", "422"),
    ("/settings/password", "old_password=x&password=long+enough+for+it&password_again=long+enough+for+it", "422"),
    ("/agents/import", "file=x&note=x", "422"),
    ("/agents/{slug}/permissions/impact", "seen=x&lines=x", "422"),
];

/// What an agent's key opens, and no session.
pub const ROUTES: [(&str, &str); 9] = [
    ("POST", "/actions"),
    ("GET", "/actions/{id}"),
    ("POST", "/actions/{id}/claim"),
    ("POST", "/actions/{id}/cancel"),
    ("POST", "/actions/{id}/outcome"),
    ("POST", "/actions/{id}/feedback"),
    ("GET", "/agent"),
    ("GET", "/stream"),
    ("GET", "/openapi.json"),
];

/// What is tried of one address.
pub struct Tried {
    pub path: &'static str,
    /// `None` where nobody has to be signed in.
    pub needs: Option<Capability>,
    pub form: &'static str,
    /// Its status and error for somebody who may.
    pub done: &'static str,
}

/// What the features say of their addresses, with what is tried there.
fn tried(kind: Kind, table: &'static [(&'static str, &'static str, &'static str)]) -> Vec<Tried> {
    let calls = feature::calls().filter(|call| call.kind == kind);
    let with_form = |call: &'static Call| {
        let fits = |path: &str| path == call.path.trim_start_matches("/api/app/");
        let (_, form, done) = table.iter().find(|(path, ..)| fits(path)).unwrap_or_else(|| panic!("no form: {call:?}"));
        Tried { path: call.path, needs: call.needs, form, done }
    };
    let tried: Vec<Tried> = calls.map(with_form).collect();
    assert_eq!(tried.len(), table.len(), "a form for what no feature has");
    tried
}

pub fn functions() -> Vec<Tried> {
    tried(Kind::Function, FUNCTIONS)
}

pub fn forms() -> Vec<Tried> {
    tried(Kind::Form, FORMS)
}

/// What can only be read.
pub fn read() -> impl Iterator<Item = String> {
    let file = |path: &str| if path.contains("charts") { "support.svg" } else { "agent.toml" };
    let calls = feature::calls().filter(|call| call.kind == Kind::Read);
    calls.map(move |call| call.path.replace("{slug}", "support").replace("{file}", file(call.path)))
}

/// A request that waits, to fill the forms with.
pub struct Filling {
    pub request: String,
}

impl Filling {
    pub async fn of(front: &Front) -> Self {
        let request = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
        Self { request }
    }

    pub fn fill(&self, form: &str) -> String {
        form.replace("{request}", &self.request).replace("{id}", &Uuid::nil().to_string())
    }
}

/// Every page but those where nobody is signed in, and who may see it.
pub fn pages() -> Vec<(String, Capability)> {
    let routed = generate_route_list(app::App).into_iter().map(|route| route.path().replace('{', ":").replace('}', ""));
    let known: BTreeSet<&str> = feature::pages().map(|page| page.path).collect();
    assert_eq!(routed.collect::<BTreeSet<_>>(), known.iter().map(|path| (*path).to_owned()).collect());
    feature::pages().filter_map(|page| Some((page.path.to_owned(), page.needs?))).collect()
}
