//! Every server function, form and agent route has a line here that says who may use it, and each line is tried.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::role::{Capability, Role};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use server::{agent_api, router};
use uuid::Uuid;

use crate::{
    browser::Browser,
    front::{Answer, Front, fingerprint, refund},
    parsed::Page,
    support::Shop,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Needs {
    /// Nobody has to be signed in.
    Nothing,
    /// Somebody is signed in; what they need then.
    Role(Capability),
}
use Capability::*;
use Needs::{Nothing, Role as Of};

/// Path, what it needs, and a form that fits. `{request}` and `{digest}` are of a request that waits, `{id}` is of nothing.
const FUNCTIONS: &[(&str, Capability, &str)] = &[
    ("agents/calls/create_agent", Govern, "name=Nobody&slug=-&purpose="),
    ("agents/calls/describe_agent", Govern, "agent=nobody&seen_name=x&seen_purpose=&name=y&purpose="),
    ("agents/calls/set_mode", Govern, "agent=nobody&seen=live&mode=retired&reason=x"),
    ("agents/calls/tighten", Tighten, "agent=nobody&reason=x&days="),
    ("agents/calls/lift", Tighten, "agent=support&tightening={id}&reason=x"),
    ("agents/calls/open_breaker", Break, "agent=support&integration=nothing&reason=x"),
    ("agents/calls/close_breaker", Break, "agent=support&integration=nothing&opened=2026-01-01T00:00:00Z&reason=x"),
    ("approvals/calls/approve", Decide, "id={request}&digest={digest}&note="),
    ("approvals/calls/change_and_approve", Decide, "id={request}&digest={digest}&note=&fields[/order_id]=x"),
    ("approvals/calls/reject", Decide, "id={request}&digest={digest}&reason=x"),
    ("approvals/calls/roll_back", Settle, "id={request}&reason=x"),
    ("approvals/calls/resolve_complaint", Settle, "id={request}&reason=x"),
    ("approvals/calls/settle", Settle, "id={request}&outcome=succeeded&reason=x"),
    ("catalog/calls/put_action_type", Govern, "fields[name]=-"),
    ("catalog/calls/redraw_action_type", Look, "fields[name]=x"),
    ("catalog/calls/put_data_set", Govern, "name=-&label=x&sensitivity=personal&note=x"),
    ("catalog/calls/put_words", Govern, "topic=&words=x&note=x"),
    ("catalog/calls/rename", Govern, "thing=queue&slug=nothing&seen=x&name=Y&note=x"),
    ("catalog/calls/accept_change", Govern, "id=00000000-0000-0000-0000-000000000000&note=x"),
    ("catalog/calls/withdraw_change", Govern, "id=00000000-0000-0000-0000-000000000000"),
    ("integrations/calls/open_breaker", Break, "slug=nothing&reason=x"),
    ("integrations/calls/close_breaker", Break, "slug=nothing&opened=2026-01-01T00:00:00Z&reason=x"),
    ("permissions/begin/calls/begin_from", Govern, "agent=nobody&start[point]=ads&start[amount]=5&start[currency]=USD"),
    ("permissions/calls/set_data_set", Govern, "agent=nobody&name=x&seen=x&standing=all"),
    ("permissions/calls/set_action", Govern, "agent=nobody&name=x&seen=x&standing=allowed"),
    (
        "permissions/calls/save_limit",
        Govern,
        concat!(
            "agent=nobody&action=x&limit[kind]=count&then=remove&seen=",
            "{\"kind\":\"count\",\"most\":1,\"window\":{\"per\":\"agent\",\"within_s\":60}}"
        ),
    ),
    ("permissions/calls/add_limit", Govern, "agent=support&action=order.refund&seen=x&kind=count"),
    ("permissions/calls/add_rule", Govern, "agent=support&applies=any&kind=irreversible"),
    ("permissions/calls/save_rule", Govern, "agent=nobody&id=x&seen=x&rule[applies]=any&then=remove"),
    ("permissions/calls/set_fallback", Govern, "agent=nobody&seen=x&queue=x&within[number]=1&within[unit]=days"),
    ("permissions/calls/set_record", Govern, "agent=nobody&seen=x&record[]=input"),
    ("permissions/calls/set_require", Govern, "agent=nobody&seen=x&fields[]=model"),
    ("permissions/calls/set_mask", Govern, "agent=nobody&seen=x&pointers=/x"),
    ("permissions/calls/set_keep_days", Govern, "agent=nobody&seen=x&days=400"),
    ("permissions/impact/calls/judge_record", Govern, "agent=nobody&seen={id}.1"),
    ("permissions/impact/calls/cancel_impact", Govern, "agent=nobody"),
    ("permissions/publish/calls/discard", Govern, "agent=nobody&seen={id}.1"),
    ("permissions/publish/calls/take_back", Govern, "agent=nobody&seen="),
    ("permissions/publish/calls/catch_up", Govern, "agent=nobody&seen={id}.1"),
    ("permissions/publish/calls/restore", Govern, "agent=nobody&version=1&seen="),
    ("permissions/publish/calls/propose", Govern, "agent=nobody&seen={id}.1&note=x"),
    ("permissions/publish/calls/publish", Govern, "agent=nobody&seen={id}.1&note=x"),
    ("settings/calls/need_two_to_publish", Govern, ""),
    ("settings/calls/propose_one_to_publish", Govern, "note=x"),
    ("settings/calls/add_person", ManagePeople, "email=none&name=X&role=admin&password=long+enough+for+it"),
    ("settings/calls/change_person", ManagePeople, "id={id}&seen=reviewer&role=admin"),
    ("settings/calls/confirm_password", ManagePeople, "id={id}&own_since=2026-01-01T00:00:00Z"),
    ("settings/calls/disable_person", ManagePeople, "id={id}"),
    ("settings/calls/set_password", ManagePeople, "id={id}&password=long+enough+for+it"),
    ("settings/calls/enable_person", ManagePeople, "id={id}&disabled_at=2026-01-01T00:00:00Z"),
    ("settings/calls/add_queue", ManagePeople, "slug=cs-leads&name=X"),
    ("settings/calls/add_member", ManagePeople, "queue=nothing&person={id}"),
    ("settings/calls/remove_member", ManagePeople, "queue=nothing&person={id}"),
    ("settings/calls/revoke_key", ManageKeys, "id={id}"),
    ("stop/calls/explain_stop", Stop, "stop={id}&reason=x"),
    ("today/calls/settle_unknown", Settle, "request={request}&outcome=failed&reason=x"),
    ("today/calls/settle_breaches", Settle, "agent=nobody&seen_until=2026-11-30T00:00:00Z&seen_count=1&reason=x"),
    ("today/calls/see_unclaimed", Look, "request={request}"),
    ("today/calls/settle_breach", Settle, "entry={id}&reason=x"),
];

const FORMS: [(&str, Needs, &str); 10] = [
    ("/sign-in", Nothing, "email=x&password=y"),
    ("/sign-out", Of(Look), ""),
    ("/setup", Nothing, "code=x&name=X&email=x@example.com&password=long+enough+for+it"),
    ("/stop", Of(Stop), ""),
    ("/stop/{slug}", Of(Stop), ""),
    ("/release", Of(Release), "stop=00000000-0000-0000-0000-000000000000&seen=0&reason=x&confirm=1"),
    ("/settings/keys/create", Of(ManageKeys), "agent=nobody&kind=agent&label=x"),
    ("/settings/password", Of(Look), "old_password=x&password=long+enough+for+it&password_again=long+enough+for+it"),
    ("/agents/import", Of(Govern), "file=x&note=x"),
    ("/agents/{slug}/permissions/impact", Of(Govern), "seen=x&lines=x"),
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

/// What can only be read.
const PICTURES: [&str; 3] = ["/live", "/charts/decisions/support.svg", "/agents/support/permissions/export/agent.toml"];

fn functions() -> impl Iterator<Item = (String, Capability, &'static str)> {
    FUNCTIONS.iter().map(|(path, needs, form)| (format!("/api/app/{path}"), *needs, *form))
}

/// A request that waits, to fill the forms with.
struct Filling {
    request: String,
    digest: String,
}

impl Filling {
    async fn of(front: &Front) -> Self {
        let request = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
        let digest = front.shop.look_at(request.parse().unwrap()).await.digest;
        Self { request, digest }
    }

    fn fill(&self, form: &str) -> String {
        form.replace("{request}", &self.request)
            .replace("{digest}", &self.digest)
            .replace("{id}", &Uuid::nil().to_string())
    }
}

#[tokio::test]
async fn what_somebody_wrote_is_in_the_answer_whatever_refuses_it() {
    let front = Front::open().await;
    let filling = Filling::of(&front).await;
    let auditor = front.signed_in(Role::Auditor).await;
    let from = [("sec-fetch-site", "same-origin"), ("accept", "text/html"), ("referer", "http://reins.example/")];
    for (path, _, form) in functions() {
        let written = ["reason", "note"].map(|name| format!("{name}=")).into_iter().find(|name| form.contains(name));
        let Some(written) = written else { continue };
        let form = filling.fill(form).replace(&format!("{written}x"), &written);
        let answer = auditor.post_from(&path, &form.replace(&written, &format!("{written}Kept")), &from).await;
        assert!((answer.header("location").to_owned() + &answer.text).contains("Kept"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn nothing_is_missing_from_the_table() {
    let front = Front::open().await;
    drop(front);
    let registered: Vec<(&str, Method)> = server_fn_paths().collect();
    assert!(!registered.is_empty(), "no server function is linked into this test");
    let known: BTreeSet<String> = functions().map(|(path, ..)| path).collect();
    assert_eq!(registered.iter().map(|(path, _)| (*path).to_owned()).collect::<BTreeSet<_>>(), known);
    for (path, method) in registered {
        assert_eq!(method, Method::POST, "{path} could be called by a link");
    }
    assert_eq!(crate::tidy::server_functions(), known.len(), "another `#[server]` than those that are registered");

    assert_eq!(FORMS.map(|(path, ..)| path), router::FORMS);
    assert_eq!(ROUTES, agent_api::ROUTES);
}

#[tokio::test]
async fn the_lists_name_every_route_of_the_sources() {
    let routes = crate::tidy::routes_of("src/agent_api/mod.rs");
    let known = ROUTES.iter().map(|(_, path)| (*path).to_owned()).chain(["/", "/{*unknown}"].map(str::to_owned));
    assert_eq!(routes, known.collect());
    let mut known: BTreeSet<String> = FORMS.iter().map(|(path, ..)| (*path).to_owned()).collect();
    let read = ["/live", "/charts/decisions/{file}", "/agents/{slug}/permissions/export/{file}"];
    known.extend(
        read.iter()
            .chain(&["/health", "/problems/{slug}", "/api/v1/", "/api/{*function}"])
            .map(|path| (*path).to_owned()),
    );
    assert_eq!(crate::tidy::routes_of("src/router.rs"), known);
}

#[tokio::test]
async fn without_a_session_nothing_opens_and_nothing_is_done() {
    let front = Front::open().await;
    let filling = Filling::of(&front).await;
    let nobody = front.browser();
    let before = fingerprint(&front.shop).await;

    for (path, _, form) in functions() {
        let answer = nobody.post(&path, &filling.fill(form)).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (401, "\"signed_out\""), "{path}");
        let from = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];
        let answer = nobody.post_from(&path, &filling.fill(form), &from).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/sign-in?error=signed-out"), "{path}");
        assert_eq!(nobody.get(&path).await.status, 303, "{path}");
    }
    for (path, needs, form) in FORMS {
        let answer = nobody.post(&path.replace("{slug}", "support"), form).await;
        match needs {
            // Where there is an admin the page for the first one says so.
            Nothing => assert!(answer.status == 401 || answer.header("location") == "/setup", "{path}: {answer:?}"),
            Of(_) => assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (303, "/sign-in?error=signed-out"),
                "{path}"
            ),
        }
    }
    for path in pages().iter().map(String::as_str).chain(PICTURES) {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(answer.header("location").starts_with("/sign-in?next=%2F"), "{path}: {answer:?}");
    }
    // Trying to sign in is recorded, and changes nothing else.
    front.shop.database.run("delete from entries where kind = 'sign_in_failed'").await;
    assert_eq!(fingerprint(&front.shop).await, before);
    front.shop.governance.write_attempts().await.unwrap();
    let counted = "select sum(count)::bigint from attempts where kind = 'no session'";
    assert!(front.shop.database.count(counted).await >= 2 * functions().count() as i64);
}

#[tokio::test]
async fn where_a_form_goes_opens_with_words_and_a_way_on() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    let with_pages = pages();
    let forms = FORMS.iter().map(|(path, ..)| path.replace("{slug}", ":slug"));
    let forms = forms.filter(|path| !with_pages.contains(path) && path != "/sign-in" && path != "/setup");
    for path in functions().map(|(path, ..)| path).chain(forms) {
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
        for (path, needs, form) in functions() {
            let answer = try_one(&front.shop, &browser, (role, needs), &path, &filling.fill(form)).await;
            if !role.can(needs) {
                assert_eq!(answer.text, "\"forbidden\"", "{role:?} {path}");
            }
        }
        for (path, needs, form) in FORMS.iter().filter(|(path, ..)| *path != "/sign-out") {
            let Of(needs) = needs else { continue };
            try_one(&front.shop, &browser, (role, *needs), &path.replace("{slug}", "support"), form).await;
        }
        // Whoever may stop has stopped both; somebody who may has to release them.
        let (governance, operator) = (&front.shop.governance, &front.shop.operator);
        for stop in governance.stops(operator).await.unwrap() {
            governance.release(operator, stop.id, stop.said, "next").await.unwrap();
        }
        assert_eq!(front.shop.state(filling.request.parse().unwrap()).await.name(), "waiting", "{role:?}");
    }
}

/// Posts the form; whoever may not is refused on record, and nothing else changes.
async fn try_one(
    shop: &Shop,
    browser: &Browser<'_>,
    (role, needs): (Role, Capability),
    path: &str,
    form: &str,
) -> Answer {
    let refusals = || shop.database.count("select count(*) from entries where kind = 'refused'");
    let entries = || shop.database.count("select count(*) from entries");
    let others = async || {
        let mut all = fingerprint(shop).await;
        // Entries: counted apart.
        all.remove(4);
        all
    };
    let (refused, written, before) = (refusals().await, entries().await, others().await);
    let answer = browser.post(path, form).await;
    if role.can(needs) {
        if needs == Decide {
            // It takes a member of the queue besides, and these people are of none: that, and not the role, refuses.
            let outside =
                "select count(*) from entries where detail ->> 'what' like 'decide request % outside their queues'";
            assert_eq!((answer.status.as_u16(), shop.database.count(outside).await), (403, 1), "{role:?} {path}");
            shop.database.run("delete from entries where kind = 'refused'").await;
        } else {
            assert!(![401, 403].contains(&answer.status.as_u16()), "{role:?} {path}: {answer:?}");
        }
        assert!(answer.status.as_u16() < 500, "{role:?} {path}: {answer:?}");
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
        for page in pages() {
            let path = page
                .replace(":slug", "support")
                .replace(":id", &filling.request)
                .replace(":version", "1")
                .replace(":name", "order.refund");
            let answer = browser.get(&path).await;
            let needs = match path.as_str() {
                "/settings/people" => ManagePeople,
                "/settings/keys" => ManageKeys,
                _ => Look,
            };
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
        let picture = browser.get("/charts/decisions/support.svg").await;
        assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/svg+xml"));
        assert_eq!(browser.get(PICTURES[2]).await.status, 200, "{role:?}");
    }
}

/// Every page but those where nobody is signed in.
pub fn pages() -> Vec<String> {
    let all: Vec<String> = generate_route_list(app::App).iter().map(|route| route.path().to_owned()).collect();
    assert!(all.len() > 10, "{all:?}");
    all.into_iter()
        .filter(|path| path != "/sign-in" && path != "/setup")
        .map(|path| path.replace('{', ":").replace('}', ""))
        .collect()
}
