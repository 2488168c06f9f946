//! What a reviewer may not do is refused, changes nothing, and is recorded.

use std::time::Duration;

use domain::state::State;
use governance::{AgentError, Conflict, Error, Governance, Pools};

use crate::support::{Shop, at_once, note, refund};

#[tokio::test]
async fn one_person_does_not_say_yes_twice() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    let again = shop.approve(&shop.ana, id).await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::AlreadyDecided { .. }))), "{again:?}");
    assert_eq!(shop.state(id).await, State::Waiting);
    assert_eq!(shop.entries("approved").await.len(), 1);
    refused(&shop, "approve a request twice").await;
}

#[tokio::test]
async fn a_change_into_what_is_denied_is_refused() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let changed = shop.change_amount(&shop.ana, id, "500.01").await;
    assert!(matches!(changed, Err(Error::Invalid(..))), "{changed:?}");
    assert_eq!(shop.look_at(id).await.ask.arguments, refund("80.00").arguments);
    refused(&shop, "change a request into what the rules deny").await;
}

#[tokio::test]
async fn a_change_into_what_only_other_queues_decide_is_refused() {
    let shop = Shop::open().await;
    // Legal is asked beside the leads; up to 300.00 the leads alone are.
    let id = shop.waiting(refund("350.00")).await;
    let before = shop.look_at(id).await;
    let changed = shop.change_amount(&shop.lee, id, "80.00").await;
    assert!(matches!(changed, Err(Error::Forbidden)), "{changed:?}");
    let after = shop.look_at(id).await;
    assert_eq!((after.digest, after.ask, after.needs), (before.digest, before.ask, before.needs));
    assert_eq!(shop.entries("approved").await.len() + shop.entries("changed").await.len(), 0);
    refused(&shop, "change a request into what other queues decide").await;
}

#[tokio::test]
async fn with_the_database_gone_everybody_is_answered_soon() {
    let shop = Shop::open().await;
    // Nobody listens on this port, which the pool finds out by trying until its patience ends.
    let gone = Governance::connect("postgres://nobody@127.0.0.1:1/nothing", Pools::default()).unwrap();
    let asks = (0..300).map(|n| {
        let (gone, key) = (gone.clone(), shop.key.clone());
        async move { gone.ask(&key, &n.to_string(), note("hello")).await }
    });
    let answers = tokio::time::timeout(Duration::from_secs(30), at_once(asks)).await.expect("an ask hangs");
    assert!(answers.iter().all(|answer| matches!(answer, Err(AgentError::Unavailable))));
}

async fn refused(shop: &Shop, what: &str) {
    assert_eq!(shop.entries("refused").await, [serde_json::json!({ "what": what })]);
}
