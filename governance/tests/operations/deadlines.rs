//! What silence does: nothing becomes a yes by it.

use domain::state::State;
use governance::Error;
use serde_json::json;

use super::approvals::{decided, queues};
use crate::support::{For, Shop, at_once, gift, refund};

#[tokio::test]
async fn nobody_decides_after_the_deadline_even_before_the_job_has_run() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.pass_time(3601).await;
    assert_eq!(decided(shop.approve(&shop.ana, id).await), ("Reins".into(), "expired".into()));
    decided(shop.reject(&shop.ana, id, "no").await);
    decided(shop.change_amount(&shop.ana, id, "60.00").await);
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!(shop.state(id).await, State::Expired);
    assert_eq!(decided(shop.approve(&shop.ana, id).await), ("Reins".into(), "expired".into()));
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 0);
}

#[tokio::test]
async fn a_queue_with_more_time_may_use_it_once_the_others_have_said_yes() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    // The leads had an hour, the lawyers have two.
    shop.pass_time(5400).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 0);
    shop.approve(&shop.lee, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn what_nobody_decided_escalates_once_and_then_expires() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(3601).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!((shop.state(id).await, queues(&shop, id).await), (State::Waiting, vec!["managers".to_owned()]));
    assert!(matches!(shop.approve(&shop.ana, id).await, Err(Error::Forbidden)));
    assert_eq!(shop.entries("escalated").await, [json!({ "to": ["managers"] })]);

    shop.pass_time(7201).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!(shop.state(id).await, State::Expired);
}

#[tokio::test]
async fn what_was_escalated_is_approved_and_claimed_by_the_queue_that_got_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(3601).await;
    shop.governance.pass_deadlines().await.unwrap();
    shop.approve(&shop.mia, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    let claimed = shop.claim(id).await;
    assert!(claimed.is_ok(), "{claimed:?}");
}

#[tokio::test]
async fn a_rule_that_came_after_an_escalation_is_not_met_by_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(3601).await;
    shop.governance.pass_deadlines().await.unwrap();
    shop.approve(&shop.mia, id).await.unwrap();
    shop.publish(|set| {
        let mut rule = set.approval_thresholds.rules[3].clone();
        rule.id = "gifts-again".to_owned();
        set.approval_thresholds.rules.push(rule);
    })
    .await;
    assert!(shop.claim(id).await.is_err());
}

#[tokio::test]
async fn one_request_that_cannot_be_read_does_not_keep_others_from_expiring() {
    let shop = Shop::open().await;
    let broken = shop.waiting(refund("80.00").of("yara")).await;
    let other = shop.waiting(refund("90.00")).await;
    shop.pass_time(3601).await;
    shop.database.run(format!("update requests set pending = '7' where id = '{broken}'")).await;
    let _ = shop.governance.pass_deadlines().await;
    assert_eq!(shop.state(other).await, State::Expired);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_job_on_every_replica_at_once_moves_each_request_once() {
    let shop = Shop::open().await;
    for n in 0..8 {
        shop.waiting(refund(&format!("{}.00", 60 + n))).await;
    }
    shop.pass_time(3601).await;
    let handles = [shop.governance.clone(), shop.replica(), shop.replica()];
    let moved =
        at_once(handles.into_iter().map(|governance| async move { governance.pass_deadlines().await.unwrap() }));
    assert_eq!(moved.await.iter().sum::<u32>(), 8);
    assert_eq!(shop.entries("expired").await.len(), 8);
}
