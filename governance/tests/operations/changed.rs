//! What a change before approval does: to what was asked, to who has to say yes, and to what was said.

use domain::state::State;
use governance::Error;
use serde_json::json;

use super::approvals::queues;
use crate::support::{Shop, gift, refund};

#[tokio::test]
async fn a_change_is_approved_with_it_and_both_bodies_are_in_the_record() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let before = shop.look_at(id).await;
    shop.change_amount(&shop.ana, id, "60.00").await.unwrap();
    let after = shop.look_at(id).await;
    assert_eq!((after.row.state, after.row.sentence.as_str()), (State::Approved, "Refund $60.00 to `omar`"));
    assert_ne!(after.digest, before.digest);
    assert_eq!(shop.database.count("select amount_minor from requests").await, 6000);
    let amounts: Vec<String> = sqlx::query_scalar(
        "select p.body::json #>> '{ask,arguments,total,amount}' from entries e join personal p on p.entry_id = e.id
         where e.kind in ('asked', 'changed') order by e.at",
    )
    .fetch_all(&shop.database.owner)
    .await
    .unwrap();
    assert_eq!(amounts, ["80.00", "60.00"]);
}

#[tokio::test]
async fn a_change_to_what_would_be_allowed_is_approved_by_the_queue_that_was_asked() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.change_amount(&shop.ana, id, "20.00").await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn a_change_beyond_a_hard_limit_is_refused_with_the_reason() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let answer = shop.change_amount(&shop.ana, id, "500.01").await;
    let alone = |why: &str| why.contains("hard limit") && !why.contains("decide");
    assert!(matches!(&answer, Err(Error::Invalid(_, why)) if alone(why)), "{answer:?}");
    for arguments in [json!({}), json!([]), json!(null), json!({ "order_id": "#W1", "total": 5 })] {
        let digest = shop.look_at(id).await.digest;
        let answer = shop.governance.change_and_approve(&shop.ana, id, &digest, arguments, "").await;
        assert!(matches!(answer, Err(Error::Invalid(..))), "{answer:?}");
    }
    assert_eq!(shop.look_at(id).await.ask.arguments, refund("80.00").arguments);
    assert_eq!(shop.state(id).await, State::Waiting);
}

#[tokio::test]
async fn a_change_past_another_queues_threshold_asks_that_queue_too() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.change_amount(&shop.ana, id, "350.00").await.unwrap();
    assert_eq!(
        (shop.state(id).await, queues(&shop, id).await),
        (State::Waiting, vec!["cs-leads".into(), "legal".into()])
    );
    shop.approve(&shop.lee, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ben, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn a_change_back_brings_no_approval_back() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.change_amount(&shop.ben, id, "240.00").await.unwrap();
    shop.change_amount(&shop.ben, id, "250.00").await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn the_record_says_what_a_yes_was_said_to() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("350.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.change_amount(&shop.ben, id, "340.00").await.unwrap();
    shop.change_amount(&shop.ben, id, "330.00").await.unwrap();
    let entries = shop.governance.record(&shop.auditor, &Default::default()).await.unwrap().entries;
    let of_it = entries.into_iter().filter(|entry| entry.request == Some(id)).rev();
    let said: Vec<_> = of_it.map(|entry| (entry.kind.unwrap().name(), entry.sentence, entry.was)).collect();
    let refund = |amount: u32| Some(format!("Refund ${amount}.00 to `omar`"));
    assert_eq!(
        said,
        [
            ("asked", refund(350), None),
            ("approved", refund(350), None),
            ("changed", refund(340), refund(350)),
            ("approved", refund(340), None),
            ("changed", refund(330), refund(340)),
            ("approved", refund(330), None),
        ]
    );
    let on_its_page = shop.look_at(id).await.entries.into_iter().map(|entry| entry.sentence);
    assert_eq!(on_its_page.collect::<Vec<_>>()[1..], [refund(350), refund(340), refund(340), None, None]);
}

#[tokio::test]
async fn a_change_makes_earlier_approvals_void() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.change_amount(&shop.ben, id, "240.00").await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn a_change_does_not_give_a_queue_more_time() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.pass_time(1800).await;
    let before = shop.look_at(id).await.row.deadline.unwrap();
    shop.change_amount(&shop.ana, id, "240.00").await.unwrap();
    assert_eq!(shop.look_at(id).await.row.deadline, Some(before));
}

#[tokio::test]
async fn a_change_leaves_with_the_queue_what_was_escalated_to_it() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    shop.pass_time(3601).await;
    shop.governance.pass_deadlines().await.unwrap();
    let seen = shop.look_at(id).await;
    let changed =
        shop.governance.change_and_approve(&shop.mia, id, &seen.digest, json!({ "gift": "a card" }), "").await;
    changed.unwrap();
    assert_eq!((shop.state(id).await, queues(&shop, id).await), (State::Approved, vec!["managers".to_owned()]));
    assert_eq!(shop.claim(id).await.unwrap().arguments, json!({ "gift": "a card" }));
}
