//! Each line of the table is tried: who may use what it names, and who may not.

use std::collections::BTreeSet;

use app::feature::{self, Kind};
use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::role::{Capability, Role};
use leptos::server_fn::axum::server_fn_paths;
use server::agent_api;
use uuid::Uuid;

use super::table::{Filling, ROUTES, Tried, forms, functions, pages, read};
use crate::{
    browser::Browser,
    front::{Answer, Front, fingerprint, refund},
    parsed::Page,
    support::Shop,
};

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
