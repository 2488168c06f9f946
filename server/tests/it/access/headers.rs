//! What every answer says about what may run and load.

use axum::{body::Body, http::Request};
use domain::role::Role;
use tower::ServiceExt;

use crate::front::{Answer, Front, agent_request, refund};

fn directive<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let policy = answer.header("content-security-policy");
    let found = policy.split(';').find_map(|part| part.trim().strip_prefix(name));
    found.unwrap_or_else(|| panic!("no `{name}` in `{policy}`")).split_whitespace().collect()
}

fn check(path: &str, answer: &Answer) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{path}");
    }
    assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    assert_eq!(directive(answer, "default-src"), ["'none'"], "{path}");
    assert_eq!(directive(answer, "frame-ancestors"), ["'none'"], "{path}");
    assert_eq!(directive(answer, "base-uri"), ["'none'"], "{path}");
    assert_eq!(directive(answer, "form-action"), ["'self'"], "{path}");
    assert!(!answer.header("content-security-policy").contains("unsafe-inline"), "{path}");
    assert!(!answer.header("content-security-policy").contains("'unsafe-eval'"), "{path}");
}

#[tokio::test]
async fn every_answer_has_them() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    for path in ["/", "/sign-in", "/settings/keys", "/nothing-here", "/agents/nobody", "/api/v1/agent", "/health"] {
        check(path, &admin.get(path).await);
        check(path, &front.browser().get(path).await);
    }
    check("/stop", &front.browser().post("/stop", "").await);
    check("/stop", &admin.post_from("/stop", "", &[]).await);
    check("key", &admin.post("/settings/keys/create", "agent=support&kind=hook&label=x").await);
    check("actions", &front.post("/actions", "k", &refund("5.00")).await);
}

#[tokio::test]
async fn no_proxy_holds_back_what_streams_tell() {
    let front = Front::open().await;
    let auditor = front.signed_in(Role::Auditor).await;
    let live = Request::get("/live").header("cookie", &auditor.cookie).body(Body::empty()).unwrap();
    let stream = agent_request("GET", "/stream", &front.key).body(Body::empty()).unwrap();
    for request in [live, stream] {
        let path = request.uri().path().to_owned();
        let answer = front.router.clone().oneshot(request).await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-type").as_deref(), Some("text/event-stream"), "{path}");
        assert_eq!(header("x-accel-buffering").as_deref(), Some("no"), "{path}");
    }
}

#[tokio::test]
async fn scripts_run_with_the_nonce_of_their_page_only() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    let mut nonces = Vec::new();
    for path in ["/", "/approvals", &format!("/approvals/{id}"), "/agents/support", "/stop", "/activity", "/settings"] {
        let page = admin.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let scripts = directive(&page, "script-src");
        let nonce = scripts.iter().find_map(|source| source.strip_prefix("'nonce-")?.strip_suffix('\''));
        let nonce = nonce.unwrap_or_else(|| panic!("{path}: {scripts:?}")).to_owned();
        assert!(nonce.len() >= 16, "{nonce}");
        for script in page.text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
        }
        for inline in [" style=\"", "<style", " onclick=", " onload=", " onsubmit=", "javascript:"] {
            assert!(!page.text.contains(inline), "{path} has `{inline}`");
        }
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 7, "a nonce came twice");
}

#[tokio::test]
async fn a_new_key_is_shown_once_and_kept_by_nobody() {
    let front = Front::open().await;
    let admin = front.signed_in(Role::Admin).await;
    let page = admin.post("/settings/keys/create", "agent=support&kind=agent&label=<b>desk</b>").await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    assert!(!page.text.contains("<b>desk"), "{page:?}");
    let secret = page.text.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
    // Without it a browser looks for one that is nowhere.
    assert!(page.text.contains(r#"<link rel="icon" href="/favicon.svg""#), "{page:?}");
    assert_eq!(front.get(secret, "/agent").await.status, 200);
    let kept = format!("select count(*) from keys k where k::text like '%{secret}%'");
    assert_eq!(front.shop.database.count(kept).await, 0);
    let kept = format!("select count(*) from entries e where e::text like '%{secret}%'");
    assert_eq!(front.shop.database.count(kept).await, 0);
    assert!(!admin.get("/settings/keys").await.text.contains(secret));
}
