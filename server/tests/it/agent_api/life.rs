//! A request from the claim to its outcome.

use serde_json::{Value, json};

use crate::front::{Front, normal, refund};

/// A refund that Ana has approved; gives its id.
async fn approved(front: &Front) -> String {
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    front.shop.approve(&front.shop.ana, id.parse().unwrap()).await.unwrap();
    id
}

async fn granted(front: &Front) -> (String, Value) {
    let answer = front.ask(&refund("20.00")).await;
    (answer["id"].as_str().unwrap().to_owned(), answer["grant"]["token"].clone())
}

#[tokio::test]
async fn a_claim_gives_the_grant_and_the_arguments_as_approved() {
    let front = Front::open().await;
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    let claim = format!("/actions/{id}/claim");
    front.post(&claim, "c", &json!({})).await.problem(409, "not-approved");
    front.shop.change_amount(&front.shop.ana, id.parse().unwrap(), "60.00").await.unwrap();

    front.post(&claim, "", &json!({})).await.problem(422, "invalid");
    let first = front.post(&claim, "c", &json!({})).await;
    assert_eq!(first.status, 200);
    let expected = json!({
        "grant": { "token": "<token>", "execute_before": "<time>", "execute_within_s": 30 },
        "arguments": { "order_id": "#W1", "total": { "amount": "60.00", "currency": "USD" } },
    });
    assert_eq!(normal(first.json()), expected);

    assert_eq!(front.post(&claim, "c", &json!({})).await.json(), first.json());
    front.post(&claim, "other", &json!({})).await.problem(409, "already-claimed");

    let token = &first.json()["grant"]["token"];
    let outcome = json!({ "grant": token, "status": "succeeded", "reference": "refund 991" });
    let reported = front.post(&format!("/actions/{id}/outcome"), "", &outcome).await;
    assert_eq!((reported.status.as_u16(), reported.json()), (200, json!({ "id": id, "state": "succeeded" })));
    front.post(&claim, "c", &json!({})).await.problem(409, "already-reported");
}

#[tokio::test]
async fn a_claim_needs_no_body() {
    let front = Front::open().await;
    let id = approved(&front).await;
    assert_eq!(front.post_text(&front.key, &format!("/actions/{id}/claim"), "c", "").await.status, 200);
}

#[tokio::test]
async fn each_refusal_of_a_claim_has_its_name() {
    let front = Front::open().await;
    let shop = &front.shop;
    let id = approved(&front).await;
    let claim = format!("/actions/{id}/claim");

    shop.governance.open_breaker(&shop.operator, "shopify", "down").await.unwrap();
    front.post(&claim, "c", &json!({})).await.problem(409, "paused");
    shop.close_breaker("shopify", "up").await.unwrap();

    shop.publish(|set| set.action_scope.deny.extend(["order.refund".to_owned()])).await;
    let refused = front.post(&claim, "c", &json!({})).await;
    refused.problem(409, "no-longer-permitted");
    assert_eq!(refused.json()["id"], id);
    shop.publish(|_| {}).await;

    shop.governance.stop(&shop.auditor, None, "").await.unwrap();
    front.post(&claim, "c", &json!({})).await.problem(409, "stopped");
    shop.release(None, "go on").await;
    front.post(&claim, "c", &json!({})).await.problem(409, "not-approved");

    let late = approved(&front).await;
    shop.pass_time(16 * 60).await;
    front.post(&format!("/actions/{late}/claim"), "c", &json!({})).await.problem(409, "expired");

    let unclaimed = granted(&front).await.0;
    front.post(&format!("/actions/{unclaimed}/claim"), "c", &json!({})).await.problem(409, "already-claimed");
}

#[tokio::test]
async fn what_is_not_carried_out_can_be_withdrawn() {
    let front = Front::open().await;
    let waiting = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    for id in [waiting, approved(&front).await] {
        for _ in 0..2 {
            let answer = front.post_text(&front.key, &format!("/actions/{id}/cancel"), "", "").await;
            assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "id": id, "state": "cancelled" })));
        }
        front.post(&format!("/actions/{id}/claim"), "c", &json!({})).await.problem(409, "not-approved");
    }
    let (id, _) = granted(&front).await;
    let refused = front.post(&format!("/actions/{id}/cancel"), "", &json!({})).await;
    refused.problem(409, "not-open");
    assert_eq!(refused.json()["id"], id);
}

#[tokio::test]
async fn an_outcome_comes_once_and_only_unknown_may_become_certain() {
    let front = Front::open().await;
    let (id, token) = granted(&front).await;
    let path = format!("/actions/{id}/outcome");
    let unknown = json!({
        "grant": token, "status": "unknown", "reference": "", "detail": { "why": "no answer" },
        "cost": { "amount": "0.012345", "currency": "USD" },
    });
    let failed = json!({ "grant": token, "status": "failed", "detail": { "why": "refused" } });
    let succeeded = json!({ "grant": token, "status": "succeeded", "reference": "refund 991" });
    for (body, state) in [(&unknown, "unknown"), (&unknown, "unknown"), (&failed, "failed"), (&failed, "failed")] {
        let answer = front.post(&path, "", body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "id": id, "state": state })));
    }
    for body in [&succeeded, &unknown] {
        let refused = front.post(&path, "", body).await;
        refused.problem(409, "already-reported");
        assert_eq!(refused.json()["id"], id);
    }
    assert_eq!(front.shop.database.count("select count(*) from breaches").await, 0);
}

#[tokio::test]
async fn an_outcome_without_its_grant_is_a_breach() {
    let front = Front::open().await;
    let (_, token) = granted(&front).await;
    let waiting = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    let (other, _) = granted(&front).await;
    let bodies = [
        (&waiting, json!({ "status": "succeeded" })),
        (&waiting, json!({ "status": "succeeded", "grant": token })),
        (&other, json!({ "status": "succeeded", "grant": token })),
        (&other, json!({ "status": "failed", "grant": null })),
        (&other, json!({ "status": "failed", "grant": "" })),
    ];
    for (count, (id, body)) in (1..).zip(&bodies) {
        let refused = front.post(&format!("/actions/{id}/outcome"), "", body).await;
        refused.problem(409, "no-grant");
        assert_eq!(refused.json()["id"], json!(id));
        assert_eq!(front.shop.database.count("select count(*) from breaches").await, count);
        assert_eq!(front.shop.database.count("select count(*) from entries where kind = 'breach'").await, count);
    }
    let states = "select count(*) from requests where state in ('waiting', 'granted')";
    assert_eq!(front.shop.database.count(states).await, 3);
}
