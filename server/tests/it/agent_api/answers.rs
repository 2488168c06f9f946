//! Decisions: each is 201, whatever it says.

use domain::agent::Mode;
use serde_json::{Value, json};

use crate::front::{Front, normal, refund, refund_of, usd};

fn decided(decision: &str, state: &str, reasons: Value) -> Value {
    json!({
        "id": "<id>", "decision": decision, "state": state, "reasons": reasons, "permission_version": 1,
        "approvals": [], "grant": null, "would_have_been": null,
    })
}

fn with(mut whole: Value, member: &str, value: Value) -> Value {
    whole[member] = value;
    whole
}

fn over_50() -> Value {
    json!([{
        "layer": "approval_thresholds", "rule": "over-50", "pointer": "/arguments/total",
        "text": "`Refund`: the amount is over $50.00, so one person from `CS leads` decides.",
    }])
}

#[tokio::test]
async fn what_is_allowed_carries_a_grant() {
    let front = Front::open().await;
    let answer = front.post("/actions", "first", &refund("20.00")).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (201, "application/json"));
    let grant = json!({ "token": "<token>", "execute_before": "<time>", "execute_within_s": 30 });
    assert_eq!(answer.normal(), with(decided("allowed", "granted", json!([])), "grant", grant));
    assert_eq!(answer.header("idempotent-replayed"), "");
}

#[tokio::test]
async fn what_people_decide_says_who_and_until_when() {
    let front = Front::open().await;
    let answer = front.ask(&refund("80.00")).await;
    let approvals = json!([{ "queue": "cs-leads", "needed": 1, "given": 0, "expires_at": "<time>" }]);
    assert_eq!(normal(answer), with(decided("needs_approval", "waiting", over_50()), "approvals", approvals));
}

#[tokio::test]
async fn what_the_rules_do_not_know_is_denied_and_not_an_error() {
    let front = Front::open().await;
    let ask = json!({ "action": "order.fly", "arguments": {} });
    let reasons = json!([
        { "layer": "action_scope", "rule": "unknown-action", "pointer": "/action",
            "text": "`order.fly` is not an action that Reins knows." },
        { "layer": "action_scope", "rule": "not-listed", "pointer": "/action",
            "text": "`order.fly` is not on the allow list." },
    ]);
    assert_eq!(normal(front.ask(&ask).await), decided("denied", "denied", reasons));
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_denied_where_they_stand() {
    let front = Front::open().await;
    for (total, pointer) in [
        (usd("72.505"), "/arguments/total"),
        (usd("-5.00"), "/arguments/total"),
        (usd("0.00"), "/arguments/total"),
        (usd("1e2"), "/arguments/total"),
        (usd(" 5.00"), "/arguments/total"),
        (usd("92233720368547758.08"), "/arguments/total"),
        (json!({ "amount": "5.00" }), "/arguments/total"),
        (json!({ "amount": "5.00", "currency": "XXX" }), "/arguments/total"),
        (json!({ "amount": 5, "currency": "USD" }), "/arguments/total"),
        (json!({ "amount": "5.00", "currency": "USD", "tip": "1" }), "/arguments/total"),
        (json!(5), "/arguments/total"),
        (json!(null), "/arguments/total"),
        (usd("900.00"), "/arguments/total"),
    ] {
        let answer = front.ask(&refund_of(total.clone())).await;
        assert_eq!((&answer["decision"], &answer["grant"]), (&json!("denied"), &json!(null)), "{total}");
        let pointers: Vec<_> = answer["reasons"].as_array().unwrap().iter().map(|r| r["pointer"].clone()).collect();
        assert!(pointers.contains(&json!(pointer)), "{total}: {answer}");
    }
    let mut unknown = refund("5.00");
    unknown["arguments"]["to/whom"] = json!("me");
    let reasons = front.ask(&unknown).await["reasons"].clone();
    assert_eq!(reasons[0]["pointer"], "/arguments/to~1whom", "{reasons}");
    let missing = json!({ "action": "order.refund", "arguments": {}, "customer": { "id": "omar" }, "trigger": "t" });
    assert_eq!(front.ask(&missing).await["decision"], "denied");
    let other_currency = refund_of(json!({ "amount": "5.00", "currency": "EUR" }));
    assert_eq!(front.ask(&other_currency).await["decision"], "denied", "the hard limit is in another currency");
}

#[tokio::test]
async fn a_read_that_is_not_listed_is_denied_where_it_stands() {
    let front = Front::open().await;
    let mut ask = refund("5.00");
    ask["reads"] = json!([
        { "data_set": "customer.orders", "subject": "omar" },
        { "data_set": "customer.orders", "subject": "olga" },
        { "data_set": "customer.secrets" },
    ]);
    let answer = front.ask(&ask).await;
    let named: Vec<_> = answer["reasons"].as_array().unwrap().iter().map(|r| (&r["layer"], &r["pointer"])).collect();
    let layer = json!("data_access");
    assert_eq!(named, [(&layer, &json!("/reads/1")), (&layer, &json!("/reads/2"))]);
}

#[tokio::test]
async fn a_stop_a_breaker_and_a_shadow_are_answers_too() {
    let front = Front::open().await;
    let shop = &front.shop;

    shop.governance.open_breaker(&shop.operator, "shopify", "down").await.unwrap();
    let reason = json!([{ "layer": "integration", "rule": "breaker-open", "pointer": null,
        "text": "The circuit breaker of `shopify` is open." }]);
    assert_eq!(normal(front.ask(&refund("5.00")).await), decided("paused", "paused", reason));
    shop.close_breaker("shopify", "up").await.unwrap();

    shop.governance.set_mode(&shop.admin, "support", Mode::Shadow, "trying").await.unwrap();
    let shadowed = with(decided("shadowed", "shadowed", over_50()), "would_have_been", json!("needs_approval"));
    assert_eq!(normal(front.ask(&refund("80.00")).await), shadowed);
    let shadowed = with(decided("shadowed", "shadowed", json!([])), "would_have_been", json!("allowed"));
    assert_eq!(normal(front.ask(&refund("8.00")).await), shadowed);

    shop.governance.stop(&shop.auditor, Some("support"), "").await.unwrap();
    let reason = json!([{ "layer": "stop", "rule": "stopped", "pointer": null, "text": "This agent is stopped." }]);
    assert_eq!(normal(front.ask(&refund("8.00")).await), decided("stopped", "stopped", reason));
}

#[tokio::test]
async fn the_same_call_again_is_the_same_answer_and_another_body_is_refused() {
    let front = Front::open().await;
    let first = front.post("/actions", "k", &refund("20.00")).await;
    let again = front.post("/actions", "k", &refund("20.00")).await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    assert_eq!(again.json(), first.json());

    let other = front.post("/actions", "k", &refund("21.00")).await;
    assert_eq!(other.problem(409, "idempotency-mismatch"), [""; 0]);
    assert_eq!(front.shop.database.count("select count(*) from requests").await, 1);

    // The order of members and white space are not the body.
    let spaced = format!("\n{}  ", serde_json::to_string_pretty(&refund("20.00")).unwrap());
    let spaced = front.post_text(&front.key, "/actions", "k", &spaced).await;
    assert_eq!(spaced.json(), first.json());
}

#[tokio::test]
async fn the_same_call_at_once_is_one_request() {
    let front = Front::open().await;
    let body = refund("20.00");
    let calls = (0..12).map(|_| front.post("/actions", "k", &body));
    let answers = futures::future::join_all(calls).await;
    for answer in &answers {
        assert_eq!(answer.json(), answers[0].json(), "{answer:?}");
    }
    assert_eq!(answers.iter().filter(|a| a.header("idempotent-replayed") == "true").count(), 11);
    assert_eq!(front.shop.database.count("select count(*) from requests").await, 1);
}

#[tokio::test]
async fn a_stored_answer_is_not_a_new_leave() {
    let front = Front::open().await;
    let shop = &front.shop;
    let first = front.post("/actions", "k", &refund("20.00")).await.json();
    let id = first["id"].as_str().unwrap();

    shop.governance.stop(&shop.auditor, None, "").await.unwrap();
    let stopped = front.post("/actions", "k", &refund("20.00")).await;
    stopped.problem(409, "stopped");
    assert_eq!(stopped.json()["id"], id);
    shop.release(None, "go on").await;
    assert_eq!(front.post("/actions", "k", &refund("20.00")).await.json(), first);

    let outcome = json!({ "grant": first["grant"]["token"], "status": "succeeded" });
    assert_eq!(front.post(&format!("/actions/{id}/outcome"), "", &outcome).await.status, 200);
    let reported = front.post("/actions", "k", &refund("20.00")).await;
    reported.problem(409, "already-reported");
    assert_eq!(reported.json()["id"], id);

    front.post("/actions", "late", &refund("20.00")).await;
    shop.pass_time(31).await;
    front.post("/actions", "late", &refund("20.00")).await.problem(409, "grant-expired");
}
