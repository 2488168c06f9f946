//! Who may call: the key, its kind, and its pace.

use axum::{body::Body, http::header};
use serde_json::json;
use server::agent_api::ROUTES;

use crate::front::{Front, agent_request, config, fingerprint, refund, secret};
use domain::view::KeyKind;

const UNKNOWN: &str = "reins_0000000000000000000000000000000000000000000000000000000000000000";

#[tokio::test]
async fn without_a_good_key_nothing_is_said_and_each_attempt_is_counted() {
    let front = Front::open().await;
    let shop = &front.shop;
    let revoked = shop.governance.create_key(&shop.admin, "support", KeyKind::Agent, "old").await.unwrap();
    shop.governance.revoke_key(&shop.admin, revoked.row.id).await.unwrap();
    let waiting = front.ask(&refund("80.00")).await;
    let before = fingerprint(shop).await;

    let mut tried = 0;
    for key in ["", "nonsense", UNKNOWN, &revoked.secret] {
        for (method, path) in ROUTES.iter().filter(|(_, path)| *path != "/openapi.json") {
            let path = path.replace("{id}", waiting["id"].as_str().unwrap());
            let body = match path.rsplit('/').next().unwrap() {
                "outcome" => json!({ "status": "succeeded" }),
                "feedback" => json!({ "kind": "complaint" }),
                _ => refund("20.00"),
            };
            let request = agent_request(method, &path, key).header(header::CONTENT_TYPE, "application/json");
            let request = request.header("idempotency-key", "k").body(Body::from(body.to_string())).unwrap();
            let answer = front.send(request).await;
            answer.problem(401, "bad-key");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            tried += 1;
        }
    }
    assert_eq!(fingerprint(shop).await, before);
    shop.governance.write_attempts().await.unwrap();
    let counted = "select coalesce(sum(count), 0)::bigint from attempts where kind = 'agent key'";
    assert_eq!(shop.database.count(counted).await, tried);
}

#[tokio::test]
async fn a_bad_key_is_said_before_a_bad_body() {
    let front = Front::open().await;
    front.post_text(UNKNOWN, "/actions", "k", "{").await.problem(401, "bad-key");
    front.post_text(UNKNOWN, "/actions", "", "{}").await.problem(401, "bad-key");
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    front.post_text(UNKNOWN, &format!("/actions/{id}/claim"), "", "").await.problem(401, "bad-key");
    front.get(UNKNOWN, "/actions/none").await.problem(401, "bad-key");
    front.get(UNKNOWN, &format!("/actions/{id}?wait=soon")).await.problem(401, "bad-key");
}

#[tokio::test]
async fn a_hook_gives_feedback_and_nothing_else() {
    let front = Front::open().await;
    let granted = front.ask(&refund("20.00")).await;
    let id = granted["id"].as_str().unwrap();
    let before = fingerprint(&front.shop).await;

    let post = async |path: &str, body: &str| front.post_text(&front.hook, path, "k", body).await;
    post("/actions", &refund("20.00").to_string()).await.problem(403, "wrong-kind-of-key");
    for path in ["claim", "cancel"] {
        post(&format!("/actions/{id}/{path}"), "").await.problem(403, "wrong-kind-of-key");
    }
    let outcome = json!({ "grant": granted["grant"]["token"], "status": "succeeded" }).to_string();
    post(&format!("/actions/{id}/outcome"), &outcome).await.problem(403, "wrong-kind-of-key");
    for path in [&format!("/actions/{id}"), &format!("/actions/{id}?wait=1"), "/agent", "/stream"] {
        front.get(&front.hook, path).await.problem(403, "wrong-kind-of-key");
    }
    assert_eq!(fingerprint(&front.shop).await, before);

    let feedback = json!({ "kind": "complaint", "score": 0.2, "note": "still broken" }).to_string();
    let path = format!("/actions/{id}/feedback");
    for (key, replayed) in [("", ""), ("", ""), ("k", ""), ("k", "true")] {
        let given = front.post_text(&front.hook, &path, key, &feedback).await;
        assert_eq!((given.status.as_u16(), given.text.as_str()), (204, ""));
        assert_eq!(given.header("idempotent-replayed"), replayed);
    }
    post(&path, &feedback.replace("still", "not")).await.problem(409, "idempotency-mismatch");
    front.post_text(&front.hook, &path, "not a key", &feedback).await.problem(422, "invalid");
    let given = "select count(*) from feedback where kind = 'complaint' and not from_agent and score = 0.2";
    assert_eq!(front.shop.database.count(given).await, 3);
}

#[tokio::test]
async fn what_belongs_to_another_agent_is_not_there() {
    let front = Front::open().await;
    let shop = &front.shop;
    shop.second_agent("returns").await;
    let other = secret(&shop.governance, &shop.admin, "returns", KeyKind::Agent).await;
    let hook = secret(&shop.governance, &shop.admin, "returns", KeyKind::Hook).await;
    let granted = front.ask(&refund("20.00")).await;
    let id = granted["id"].as_str().unwrap();
    let before = fingerprint(shop).await;

    for path in [format!("/actions/{id}"), format!("/actions/{id}?wait=1")] {
        front.get(&other, &path).await.problem(404, "not-found");
    }
    for path in ["claim", "cancel"] {
        let answer = front.post_text(&other, &format!("/actions/{id}/{path}"), "k", "").await;
        answer.problem(404, "not-found");
    }
    let outcome = json!({ "grant": granted["grant"]["token"], "status": "succeeded" }).to_string();
    front.post_text(&other, &format!("/actions/{id}/outcome"), "", &outcome).await.problem(404, "not-found");
    let feedback = json!({ "kind": "complaint" }).to_string();
    for key in [&other, &hook] {
        front.post_text(key, &format!("/actions/{id}/feedback"), "", &feedback).await.problem(404, "not-found");
    }
    assert_eq!(fingerprint(shop).await, before);
    // An idempotency key is the agent's own.
    let mine = front.post("/actions", "k", &refund("20.00")).await;
    let theirs = front.post_text(&other, "/actions", "k", &refund("21.00").to_string()).await;
    assert_eq!((mine.status.as_u16(), theirs.status.as_u16()), (201, 201));
}

#[tokio::test]
async fn beyond_the_pace_it_says_when_to_come_back() {
    let front = Front::with(config(2)).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(front.get(&front.key, "/agent").await);
    }
    assert_eq!(answers[0].status, 200);
    let last = answers.last().unwrap();
    last.problem(429, "too-fast");
    assert_eq!(last.header("retry-after"), "1");
    // Another key has a pace of its own.
    let feedback = json!({ "kind": "reply" }).to_string();
    let path = "/actions/00000000-0000-7000-8000-000000000000/feedback";
    front.post_text(&front.hook, path, "", &feedback).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_agent_knows_itself() {
    let front = Front::open().await;
    let shop = &front.shop;
    shop.governance.stop(&shop.auditor, Some("support"), "").await.unwrap();
    let known = front.get(&front.key, "/agent").await.json();
    let brief = ["slug", "name", "mode", "stopped", "permission_version"].map(|name| known[name].clone());
    assert_eq!(brief, [json!("support"), json!("Support"), json!("live"), json!(true), json!(1)]);
    assert_eq!(known["permissions"], serde_json::to_value(crate::support::support_file().permissions).unwrap());
    let layers: Vec<&String> = known["sentences"].as_object().unwrap().keys().collect();
    assert_eq!(layers, ["action_scope", "approval_thresholds", "audit_logging", "data_access"]);
    assert_eq!(known.as_object().unwrap().len(), 7, "{known}");
}
