//! Every server function, form and agent route has a line here that says who may use it, and each line is tried.

use std::collections::BTreeSet;

use app::feature::{self, Call, Kind};
use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::role::{Capability, Role};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use server::agent_api;
use uuid::Uuid;

use crate::{
    browser::Browser,
    front::{Answer, Front, fingerprint, refund},
    parsed::Page,
    support::Shop,
};

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
const ROUTES: [(&str, &str); 9] = [
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
struct Tried {
    path: &'static str,
    /// `None` where nobody has to be signed in.
    needs: Option<Capability>,
    form: &'static str,
    /// Its status and error for somebody who may.
    done: &'static str,
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

fn functions() -> Vec<Tried> {
    tried(Kind::Function, FUNCTIONS)
}

fn forms() -> Vec<Tried> {
    tried(Kind::Form, FORMS)
}

/// What can only be read.
fn read() -> impl Iterator<Item = String> {
    let file = |path: &str| if path.contains("charts") { "support.svg" } else { "agent.toml" };
    let calls = feature::calls().filter(|call| call.kind == Kind::Read);
    calls.map(move |call| call.path.replace("{slug}", "support").replace("{file}", file(call.path)))
}

/// A request that waits, to fill the forms with.
struct Filling {
    request: String,
}

impl Filling {
    async fn of(front: &Front) -> Self {
        let request = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
        Self { request }
    }

    fn fill(&self, form: &str) -> String {
        form.replace("{request}", &self.request).replace("{id}", &Uuid::nil().to_string())
    }
}

#[tokio::test]
async fn what_somebody_wrote_is_in_the_answer_whatever_refuses_it() {
    let front = Front::open().await;
    let filling = Filling::of(&front).await;
    let auditor = front.signed_in(Role::Auditor).await;
    let from = [("sec-fetch-site", "same-origin"), ("accept", "text/html"), ("referer", "http://reins.example/")];
    for Tried { path, form, .. } in functions() {
        let written = ["reason", "note"].map(|name| format!("{name}=")).into_iter().find(|name| form.contains(name));
        let Some(written) = written else { continue };
        let form = filling.fill(form).replace(&format!("{written}x"), &written);
        let answer = auditor.post_from(path, &form.replace(&written, &format!("{written}Kept")), &from).await;
        assert!((answer.header("location").to_owned() + &answer.text).contains("Kept"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn nothing_is_missing_from_the_table() {
    let front = Front::open().await;
    drop(front);
    let registered: Vec<(&str, Method)> = server_fn_paths().collect();
    assert!(!registered.is_empty(), "no server function is linked into this test");
    let known: BTreeSet<String> = functions().iter().map(|tried| tried.path.to_owned()).collect();
    assert_eq!(registered.iter().map(|(path, _)| (*path).to_owned()).collect::<BTreeSet<_>>(), known);
    for (path, method) in registered {
        assert_eq!(method, Method::POST, "{path} could be called by a link");
    }
    assert_eq!(crate::tidy::server_functions(), known.len(), "another `#[server]` than those that are registered");

    assert_eq!(ROUTES, agent_api::ROUTES);
}

#[tokio::test]
async fn the_lists_name_every_route_of_the_sources() {
    let routes = crate::tidy::routes_of("src/agent_api/mod.rs");
    let known = ROUTES.iter().map(|(_, path)| *path).chain(["", "/", "/{*unknown}"]);
    assert_eq!(routes, known.map(|path| format!("/api/v1{path}")).collect());
    let others = ["/health", "/problems/{slug}", "/api/{*function}"];
    let known = feature::calls().filter(|call| call.kind != Kind::Function).map(|call| call.path).chain(others);
    let known: BTreeSet<String> = known.map(str::to_owned).collect();
    assert_eq!(crate::tidy::routes_of("src/router.rs"), known);
}

#[tokio::test]
async fn without_a_session_nothing_opens_and_nothing_is_done() {
    let front = Front::open().await;
    let filling = Filling::of(&front).await;
    let nobody = front.browser();
    let before = fingerprint(&front.shop).await;

    for Tried { path, form, .. } in functions() {
        let answer = nobody.post(path, &filling.fill(form)).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (401, "\"signed_out\""), "{path}");
        let from = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
        let answer = nobody.post_from(path, &filling.fill(form), &from).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in?error=signed-out"), "{path}");
        assert_eq!(nobody.get(path).await.status, 303, "{path}");
    }
    for Tried { path, needs, form, .. } in forms() {
        let answer = nobody.post(&path.replace("{slug}", "support"), form).await;
        match needs {
            // Where there is an admin the page for the first one says so.
            None => assert!(answer.status == 401 || answer.header("location") == "/setup", "{path}: {answer:?}"),
            Some(_) => assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (303, "/sign-in?error=signed-out"),
                "{path}"
            ),
        }
    }
    for path in pages().into_iter().map(|(path, _)| path).chain(read()) {
        let answer = nobody.get(&path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.header("location").starts_with("/sign-in?next=%2F"), "{path}: {answer:?}");
    }
    // Trying to sign in is recorded, and changes nothing else.
    front.shop.database.run("delete from entries where kind = 'sign_in_failed'").await;
    assert_eq!(fingerprint(&front.shop).await, before);
    front.shop.governance.write_attempts().await.unwrap();
    let counted = "select sum(count)::bigint from attempts where kind = 'no session'";
    assert!(front.shop.database.count(counted).await >= 2 * functions().len() as i64);
}

#[tokio::test]
async fn where_a_form_goes_opens_with_words_and_a_way_on() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    let with_pages: Vec<&str> = feature::pages().map(|page| page.path).collect();
    let calls = functions().into_iter().chain(forms()).map(|tried| tried.path.replace("{slug}", ":slug"));
    for path in calls.filter(|path| !with_pages.contains(&path.as_str())) {
        let answer = auditor.get(&path).await;
        assert_eq!(answer.status, 405, "{path}");
        assert!(
            answer.text.contains("Opening it did nothing.") && answer.text.contains("<a href=\"/\">"),
            "{path}: {answer:?}"
        );
        assert!(answer.header("allow").contains("POST"), "{path}: {answer:?}");
    }
    let answer = auditor.post("/approvals", "").await;
    assert!(answer.status == 405 && answer.text.contains("takes no form"), "{answer:?}");
}

#[tokio::test]
async fn a_session_is_no_key() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let before = fingerprint(&front.shop).await;
    for (method, path) in ROUTES.iter().filter(|(_, path)| *path != "/openapi.json") {
        let path = format!("/api/v1{}", path.replace("{id}", &Uuid::nil().to_string()));
        let request = Request::builder().method(*method).uri(&path).header("cookie", &admin.cookie);
        let request = request.header("content-type", "application/json").header("idempotency-key", "k");
        let answer = front.send(request.body(Body::from(refund("5.00").to_string())).unwrap()).await;
        answer.problem(401, "bad-key");
    }
    assert_eq!(fingerprint(&front.shop).await, before);
}

#[tokio::test]
async fn each_role_does_what_it_may_and_is_refused_the_rest_on_record() {
    let front = Front::open().await;
    let filling = Filling::of(&front).await;
    for role in Role::ALL {
        let browser = front.signed_in(role).await;
        if role.can(Capability::Decide) {
            let email = format!("{}@front.example", role.name());
            let me = front.shop.governance.person_by_email(&email).await.unwrap().unwrap();
            front.shop.governance.add_member(&front.shop.admin, "cs-leads", me.id).await.unwrap();
        }
        for tried in functions() {
            let answer = try_one(&front.shop, &browser, role, &tried, &filling).await;
            assert_eq!(answer.text == "\"forbidden\"", !may(role, &tried), "{role:?} {}", tried.path);
        }
        for tried in forms().into_iter().filter(|tried| tried.needs.is_some() && tried.path != "/sign-out") {
            try_one(&front.shop, &browser, role, &tried, &filling).await;
        }
        // Whoever may stop has stopped both; somebody who may has to release them.
        let (governance, operator) = (&front.shop.governance, &front.shop.operator);
        for stop in governance.stops(operator).await.unwrap() {
            governance.release(operator, stop.id, stop.said, "next").await.unwrap();
        }
        assert_eq!(front.shop.state(filling.request.parse().unwrap()).await.name(), "waiting", "{role:?}");
    }
}

fn may(role: Role, tried: &Tried) -> bool {
    tried.needs.is_none_or(|needs| role.can(needs))
}

/// Posts the form: who may gets what comes of it, and who may not is refused on record, and nothing else changes.
async fn try_one(shop: &Shop, browser: &Browser<'_>, role: Role, tried: &Tried, filling: &Filling) -> Answer {
    let refusals = || shop.database.count("select count(*) from entries where kind = 'refused'");
    let entries = || shop.database.count("select count(*) from entries");
    let others = async || {
        let mut all = fingerprint(shop).await;
        // Counted apart.
        all.remove("entries");
        all
    };
    let path = tried.path.replace("{slug}", "support");
    let (refused, written, before) = (refusals().await, entries().await, others().await);
    let answer = browser.post(&path, &filling.fill(tried.form)).await;
    if may(role, tried) {
        let error =
            Some(answer.text.replace('"', "")).filter(|text| tried.path.starts_with("/api/") && *text != "null");
        let error = error.filter(|text| !text.starts_with('<')).unwrap_or_default();
        let done = format!("{} {error}", answer.status.as_u16());
        assert_eq!(done.trim(), tried.done, "{role:?} {path}: {answer:?}");
    } else {
        assert_eq!(answer.status, 403, "{role:?} {path}: {answer:?}");
        assert_eq!((refusals().await, entries().await), (refused + 1, written + 1), "{role:?} {path}");
        assert_eq!(others().await, before, "{role:?} {path}");
    }
    answer
}

#[tokio::test]
async fn a_role_sees_the_pages_that_it_may_see() {
    let front = Front::open().await;
    let filling = Filling::of(&front).await;
    for role in Role::ALL {
        let browser = front.signed_in(role).await;
        let email = format!("{}@front.example", role.name());
        let me = front.shop.governance.person_by_email(&email).await.unwrap().unwrap();
        let by = format!("?by={}", me.id);
        for (page, needs) in pages() {
            let path = page
                .replace(":slug", "support")
                .replace(":integration", "shopify")
                .replace(":id", &filling.request)
                .replace(":version", "1")
                .replace(":name", "order.refund");
            let answer = browser.get(&path).await;
            let expected = if role.can(needs) { 200 } else { 403 };
            assert_eq!(answer.status, expected, "{role:?} {path}");
            let page = Page::read(&answer.text);
            let shown = page.all().iter().filter(|element| !["script", "textarea"].contains(&element.name.as_str()));
            for element in shown {
                assert!(!element.own.concat().contains('`'), "{role:?} {path}: a value is not drawn: {element:?}");
            }
            for form in page.forms().iter().filter(|form| form.method == "post") {
                let is_free = form.path() == "/sign-out" || form.path().starts_with("/stop");
                assert!(is_free || form.action.ends_with(&by), "{role:?} {path}: {form:?}");
            }
        }
        for path in read().filter(|path| path != "/live") {
            assert_eq!(browser.get(&path).await.status, 200, "{role:?} {path}");
        }
        let picture = browser.get("/charts/decisions/support.svg").await;
        assert_eq!(picture.header("content-type"), "image/svg+xml");
    }
}

/// Every page but those where nobody is signed in, and who may see it.
pub fn pages() -> Vec<(String, Capability)> {
    let routed = generate_route_list(app::App).into_iter().map(|route| route.path().replace('{', ":").replace('}', ""));
    let known: BTreeSet<&str> = feature::pages().map(|page| page.path).collect();
    assert_eq!(routed.collect::<BTreeSet<_>>(), known.iter().map(|path| (*path).to_owned()).collect());
    feature::pages().filter_map(|page| Some((page.path.to_owned(), page.needs?))).collect()
}
