//! What is refused at the door: no request exists then.

use axum::{body::Body, http::header};
use serde_json::{Value, json};

use crate::front::{Front, agent_request, fingerprint, refund};

/// An ask with other members, as text.
fn with(members: &str) -> String {
    let body = refund("20.00").to_string();
    format!("{},{members}}}", body.strip_suffix('}').unwrap())
}

#[tokio::test]
async fn a_bad_envelope_is_refused_where_it_stands_and_leaves_nothing() {
    let front = Front::open().await;
    let before = fingerprint(&front.shop).await;
    let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
    let cases = [
        (String::new(), ""),
        ("{".to_owned(), ""),
        ("not json".to_owned(), ""),
        (format!("{}{}", refund("20.00"), refund("20.00")), ""),
        ("[]".to_owned(), ""),
        ("null".to_owned(), ""),
        ("\"order.refund\"".to_owned(), ""),
        (r#"{"arguments":{}}"#.to_owned(), ""),
        (r#"{"action":"order.refund"}"#.to_owned(), ""),
        (with(r#""note":"x""#), "/note"),
        (with(r#""action":"order.refund""#), "/action"),
        (with(r#""input":{"a":1,"a":2}"#), "/input/a"),
        (with(r#""input":7"#), "/input"),
        (with(r#""topics":"legal""#), "/topics"),
        (with(r#""topics":[1]"#), "/topics/0"),
        (with(r#""reads":[{"data_set":"customer.orders","scope":"all"}]"#), "/reads/0/scope"),
        (with(r#""reads":[{"subject":"omar"}]"#), "/reads/0"),
        (with(r#""input":"a\u0000b""#), "/input"),
        (with(r#""input":"\ud800""#), "/input"),
        (with(&format!(r#""input":{deep}"#)), "/input"),
        (r#"{"action":"order.refund","arguments":{"a":1e400}}"#.to_owned(), "/arguments/a"),
        (r#"{"action":"order.refund","arguments":{"a":9007199254740993}}"#.to_owned(), "/arguments/a"),
        (r#"{"action":"order.refund","arguments":{"a":{"b":1,"b":1}}}"#.to_owned(), "/arguments/a/b"),
        (r#"{"action":"order.refund","arguments":[]}"#.to_owned(), "/arguments"),
        (r#"{"action":"","arguments":{}}"#.to_owned(), "/action"),
        (r#"{"action":7,"arguments":{}}"#.to_owned(), "/action"),
        (r#"{"action":"order.refund","arguments":{},"customer":["o",1,null,0]}"#.to_owned(), "/customer"),
        (with(r#""reads":[["customer.orders","omar"]]"#), "/reads/0"),
        (r#"{"action":"order.refund","arguments":{},"customer":{"id":"o","vip":true}}"#.to_owned(), "/customer/vip"),
        (
            r#"{"action":"order.refund","arguments":{},"customer":{"id":"o","orders":-1}}"#.to_owned(),
            "/customer/orders",
        ),
    ];
    for (body, pointer) in cases {
        let answer = front.post_text(&front.key, "/actions", "k", &body).await;
        let pointers = answer.problem(422, "invalid");
        let start = pointers.first().unwrap_or_else(|| panic!("no pointer for {body}"));
        assert!(start.starts_with(pointer), "{body}: {pointers:?}");
    }
    assert_eq!(fingerprint(&front.shop).await, before);
    // The key was not used up by what was refused.
    assert_eq!(front.post("/actions", "k", &refund("20.00")).await.status, 201);
}

#[tokio::test]
async fn malformed_money_in_the_envelope_is_no_decision() {
    let front = Front::open().await;
    for value in [
        json!("12"),
        json!({ "amount": "12.345", "currency": "USD" }),
        json!({ "amount": "12.00" }),
        json!({ "amount": 12, "currency": "USD" }),
        json!({ "amount": "12.00", "currency": "ZZZ" }),
        json!(["12.00", "USD"]),
    ] {
        let mut ask = refund("20.00");
        ask["customer"]["lifetime_value"] = value.clone();
        let pointers = front.post("/actions", "k", &ask).await.problem(422, "invalid");
        assert!(pointers[0].starts_with("/customer/lifetime_value"), "{value}: {pointers:?}");
    }
    assert_eq!(front.shop.database.count("select count(*) from requests").await, 0);
}

#[tokio::test]
async fn the_idempotency_key_has_1_to_255_visible_characters() {
    let front = Front::open().await;
    let before = fingerprint(&front.shop).await;
    front.post("/actions", "", &refund("20.00")).await.problem(422, "invalid");
    for key in ["a b", &"k".repeat(256), "caf\u{e9}", "\t"] {
        let request = agent_request("POST", "/actions", &front.key).header(header::CONTENT_TYPE, "application/json");
        let request = request.header("idempotency-key", key.as_bytes()).body(Body::from(refund("20.00").to_string()));
        front.send(request.unwrap()).await.problem(422, "invalid");
    }
    assert_eq!(fingerprint(&front.shop).await, before);
    assert_eq!(front.post("/actions", &"k".repeat(255), &refund("20.00")).await.status, 201);
}

#[tokio::test]
async fn a_body_that_is_too_large_or_not_json_is_refused() {
    let front = Front::open().await;
    let before = fingerprint(&front.shop).await;
    let large = with(&format!(r#""input":"{}""#, "x".repeat(300_000)));
    front.post_text(&front.key, "/actions", "k", &large).await.problem(413, "too-large");
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let request = agent_request("POST", "/actions", &front.key).header("idempotency-key", "k");
        let request = request.header(header::CONTENT_TYPE, content_type);
        let answer = front.send(request.body(Body::from(refund("20.00").to_string())).unwrap()).await;
        answer.problem(415, "not-json");
    }
    assert_eq!(fingerprint(&front.shop).await, before);

    let fits = with(&format!(r#""input":"{}""#, "x".repeat(200_000)));
    assert_eq!(front.post_text(&front.key, "/actions", "k", &fits).await.status, 201);
    let request = agent_request("POST", "/actions", &front.key).header("idempotency-key", "k2");
    let request = request.header(header::CONTENT_TYPE, "Application/JSON; charset=utf-8");
    assert_eq!(front.send(request.body(Body::from(refund("20.00").to_string())).unwrap()).await.status, 201);
}

#[tokio::test]
async fn addresses_and_queries_that_make_no_sense_are_problems_too() {
    let front = Front::open().await;
    let asked = front.ask(&refund("80.00")).await;
    let id = asked["id"].as_str().unwrap();
    for path in ["", "/", "/nothing", "/nothing/at/all"] {
        front.get(&front.key, path).await.problem(404, "not-found");
        front.post(path, "k", &json!({})).await.problem(404, "not-found");
    }
    front.get(&front.key, "/actions/none").await.problem(404, "not-found");
    front.get(&front.key, "/actions/%FF").await.problem(404, "not-found");
    front.get(&front.key, "/actions").await.problem(405, "method-not-allowed");
    for query in ["wait=31", "wait=-1", "wait=soon", "wait=", "wait=1&wait=2"] {
        front.get(&front.key, &format!("/actions/{id}?{query}")).await.problem(422, "invalid");
    }
}

#[tokio::test]
async fn an_outcome_and_a_feedback_have_an_envelope_too() {
    let front = Front::open().await;
    let granted = front.ask(&refund("20.00")).await;
    let id = granted["id"].as_str().unwrap();
    let outcome = |change: Value| {
        let mut body = json!({ "grant": granted["grant"]["token"], "status": "succeeded" });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let before = fingerprint(&front.shop).await;
    for (body, pointer) in [
        (outcome(json!({ "status": "done" })), "/status"),
        (outcome(json!({ "reference": "x".repeat(501) })), "/reference"),
        (outcome(json!({ "cost": { "amount": "0.0000001", "currency": "USD" } })), "/cost"),
        (outcome(json!({ "cost": { "amount": "-1", "currency": "USD" } })), "/cost"),
        (outcome(json!({ "cost": ["1", "USD"] })), "/cost"),
        (outcome(json!({ "cost": { "amount": "1", "currency": "???" } })), "/cost"),
        (outcome(json!({ "more": 1 })), "/more"),
    ] {
        let pointers = front.post(&format!("/actions/{id}/outcome"), "", &body).await.problem(422, "invalid");
        assert_eq!(pointers, [pointer], "{body}");
    }
    for (body, pointer) in [
        (json!({ "kind": "praise" }), "/kind"),
        (json!({ "kind": "quality", "score": 1.5 }), "/score"),
        (json!({ "kind": "quality", "note": "x".repeat(4001) }), "/note"),
        (json!({ "kind": "quality", "stars": 5 }), "/stars"),
    ] {
        let pointers = front.post(&format!("/actions/{id}/feedback"), "", &body).await.problem(422, "invalid");
        assert_eq!(pointers, [pointer], "{body}");
    }
    assert_eq!(fingerprint(&front.shop).await, before);
}

#[tokio::test]
async fn a_whole_number_is_one_however_it_is_written() {
    let front = Front::open().await;
    for (orders, status) in [("3", 201), ("3.0", 201), ("4294967295", 201), ("3.5", 422), ("4294967296", 422)] {
        let mut ask = refund("20.00");
        ask["customer"]["orders"] = serde_json::from_str(orders).unwrap();
        assert_eq!(front.post("/actions", &format!("k{orders}"), &ask).await.status, status, "{orders}");
    }
}
