//! Following a request, and waiting for people.

use std::time::Duration;

use domain::id::RequestId;
use serde_json::json;
use tokio::time::sleep;

use crate::{
    front::{Answer, Front, normal, refund},
    support::measured,
};

async fn waiting(front: &Front, amount: &str) -> RequestId {
    let asked = front.ask(&refund(amount)).await;
    assert_eq!(asked["state"], "waiting");
    asked["id"].as_str().unwrap().parse().unwrap()
}

async fn follow(front: &Front, id: RequestId) -> serde_json::Value {
    front.get(&front.key, &format!("/actions/{id}")).await.json()
}

#[tokio::test]
async fn a_request_is_told_as_it_stands() {
    let front = Front::open().await;
    let id = waiting(&front, "80.00").await;
    let reasons = json!([{
        "layer": "approval_thresholds", "rule": "over-50", "pointer": "/arguments/total",
        "text": "`Refund`: the amount is over $50.00, so one person from `CS leads` decides.",
    }]);
    let mut expected = json!({
        "id": "<id>", "action": "order.refund", "arguments": refund("80.00")["arguments"],
        "decision": "needs_approval", "state": "waiting", "reasons": reasons, "permission_version": 1,
        "approvals": [{ "queue": "cs-leads", "needed": 1, "given": 0, "expires_at": "<time>" }],
        "decided": [], "would_have_been": null, "asked_at": "<time>", "changed_at": "<time>", "deadline": "<time>",
        "erased": false,
    });
    assert_eq!(normal(follow(&front, id).await), expected);

    front.shop.approve(&front.shop.ana, id).await.unwrap();
    expected["state"] = json!("approved");
    expected["approvals"][0]["given"] = json!(1);
    expected["decided"] = json!([{ "by": "Ana", "what": "approved", "at": "<time>", "note": "fine" }]);
    assert_eq!(normal(follow(&front, id).await), expected);

    let id = waiting(&front, "80.00").await;
    front.shop.reject(&front.shop.ben, id, "not this time").await.unwrap();
    let told = normal(follow(&front, id).await);
    assert_eq!((&told["state"], &told["deadline"]), (&json!("rejected"), &json!(null)));
    assert_eq!(told["decided"], json!([{ "by": "Ben", "what": "rejected", "at": "<time>", "note": "not this time" }]));
}

#[tokio::test]
async fn a_stop_freezes_it_and_makes_earlier_approvals_void() {
    let front = Front::open().await;
    let shop = &front.shop;
    let id = waiting(&front, "250.00").await;
    shop.approve(&shop.ana, id).await.unwrap();
    let given = |told: &serde_json::Value| (told["state"].clone(), told["approvals"][0]["given"].clone());
    assert_eq!(given(&follow(&front, id).await), (json!("waiting"), json!(1)));

    shop.governance.stop(&shop.auditor, None, "").await.unwrap();
    assert_eq!(follow(&front, id).await["state"], "frozen");
    shop.release(None, "go on").await;
    assert_eq!(given(&follow(&front, id).await), (json!("waiting"), json!(0)));
}

#[tokio::test]
async fn a_wait_ends_with_the_decision() {
    let front = Front::open().await;
    let id = waiting(&front, "80.00").await;
    let path = format!("/actions/{id}?wait=20");
    let decide = async {
        sleep(Duration::from_millis(700)).await;
        front.shop.approve(&front.shop.ana, id).await.unwrap();
        tokio::time::Instant::now()
    };
    let wait = async { (front.get(&front.key, &path).await, tokio::time::Instant::now()) };
    let (decided, (answer, answered)) = tokio::join!(decide, wait);
    assert_eq!(answer.json()["state"], "approved");
    let late = answered.duration_since(decided);
    println!("a wait ended {late:?} after the approval");
    // Long before its own time is up.
    assert!(late < Duration::from_secs(10), "{late:?}");
}

#[tokio::test]
async fn a_wait_ends_when_the_time_is_up_or_at_once_when_there_is_nothing_to_wait_for() {
    let front = Front::open().await;
    let id = waiting(&front, "80.00").await;
    let (answer, time) = measured(front.get(&front.key, &format!("/actions/{id}?wait=1"))).await;
    assert_eq!(answer.json()["state"], "waiting");
    assert!((900..2500).contains(&time.as_millis()), "{time:?}");
    let (_, time) = measured(front.get(&front.key, &format!("/actions/{id}?wait=0"))).await;
    assert!(time < Duration::from_millis(900), "{time:?}");

    let done = front.ask(&refund("20.00")).await["id"].as_str().unwrap().to_owned();
    let (answer, time) = measured(front.get(&front.key, &format!("/actions/{done}?wait=20"))).await;
    assert_eq!(answer.json()["state"], "granted");
    assert!(time < Duration::from_secs(1), "{time:?}");
}

#[tokio::test]
async fn a_wait_through_a_stop_stays_and_ends_with_the_rejection() {
    let front = Front::open().await;
    let shop = &front.shop;
    let id = waiting(&front, "80.00").await;
    let path = format!("/actions/{id}?wait=10");
    let people = async {
        sleep(Duration::from_millis(300)).await;
        shop.governance.stop(&shop.auditor, Some("support"), "").await.unwrap();
        sleep(Duration::from_millis(700)).await;
        shop.reject(&shop.ana, id, "no").await.unwrap();
    };
    let (answer, ()) = tokio::join!(front.get(&front.key, &path), people);
    assert_eq!(answer.json()["state"], "rejected");
}

#[tokio::test]
async fn an_agent_holds_at_most_32_waits() {
    let front = Front::open().await;
    let id = waiting(&front, "80.00").await;
    let path = format!("/actions/{id}?wait=3");
    let answers = futures::future::join_all((0..33).map(|_| front.get(&front.key, &path))).await;
    let (held, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((held.len(), refused.len()), (32, 1));
    refused[0].problem(429, "too-fast");
    assert_eq!(refused[0].header("retry-after"), "5");
    // They gave their places back.
    let answer: Answer = front.get(&front.key, &format!("/actions/{id}?wait=1")).await;
    assert_eq!(answer.status, 200);
}
