//! Asking again: the stored answer, which is never a new leave.

use domain::{
    agent::Mode,
    state::{Outcome, State},
};
use governance::{AgentError, Asked};

use crate::support::{Shop, refund};

async fn ask(shop: &Shop, amount: &str) -> Result<Asked, AgentError> {
    shop.governance.ask(&shop.key, "once", refund(amount)).await
}

#[tokio::test]
async fn the_same_key_and_body_give_the_stored_answer_and_its_grant() {
    let shop = Shop::open().await;
    let first = ask(&shop, "40.00").await.unwrap();
    let again = ask(&shop, "40.00").await.unwrap();
    assert!(again.replayed && !first.replayed);
    assert_eq!(Asked { replayed: false, ..again }, first);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let shop = Shop::open().await;
    ask(&shop, "40.00").await.unwrap();
    let answer = ask(&shop, "40.01").await;
    assert!(matches!(answer, Err(AgentError::IdempotencyMismatch)), "{answer:?}");
}

#[tokio::test]
async fn a_denial_is_answered_again_as_it_was() {
    let shop = Shop::open().await;
    let first = ask(&shop, "600.00").await.unwrap();
    shop.governance.stop(&shop.operator, None, "").await.unwrap();
    let again = ask(&shop, "600.00").await.unwrap();
    assert_eq!((again.id, again.state, again.replayed), (first.id, State::Denied, true));
}

#[tokio::test]
async fn after_a_stop_no_grant_is_given_again() {
    let shop = Shop::open().await;
    let first = ask(&shop, "40.00").await.unwrap();
    shop.governance.stop(&shop.operator, Some("support"), "").await.unwrap();
    let answer = ask(&shop, "40.00").await;
    assert!(matches!(answer, Err(AgentError::Stopped(id)) if id == first.id), "{answer:?}");
}

#[tokio::test]
async fn a_grant_that_would_not_be_given_now_is_not_given_again() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let asked = ask(&shop, "40.00").await.unwrap().id;
    let claimed = shop.approved_refund().await;
    shop.claim(claimed).await.unwrap();
    let refusals = async || (ask(&shop, "40.00").await.unwrap_err(), shop.claim(claimed).await.unwrap_err());

    governance.open_breaker(&shop.operator, "shopify", "errors").await.unwrap();
    let told = refusals().await;
    assert!(matches!(told, (AgentError::Paused(a), AgentError::Paused(c)) if (a, c) == (asked, claimed)), "{told:?}");
    shop.close_breaker("shopify", "well").await.unwrap();
    assert!(ask(&shop, "40.00").await.unwrap().grant.is_some() && shop.claim(claimed).await.is_ok());

    let no_longer = |told: &(AgentError, AgentError)| {
        matches!(told, (AgentError::NoLongerPermitted(_), AgentError::NoLongerPermitted(_)))
    };
    governance.set_mode(&shop.admin, "support", Mode::Shadow, "trial").await.unwrap();
    let told = refusals().await;
    assert!(no_longer(&told), "{told:?}");
    governance.set_mode(&shop.admin, "support", Mode::Live, "trial").await.unwrap();
    shop.publish(|set| set.action_scope.deny.extend(["order.refund".to_owned()])).await;
    let told = refusals().await;
    assert!(no_longer(&told), "{told:?}");
    governance.set_mode(&shop.admin, "support", Mode::Retired, "done").await.unwrap();
    let told = refusals().await;
    assert!(no_longer(&told), "{told:?}");
}

#[tokio::test]
async fn a_grant_that_is_over_is_not_given_again() {
    let shop = Shop::open().await;
    let first = ask(&shop, "40.00").await.unwrap();
    shop.pass_time(31).await;
    let answer = ask(&shop, "40.00").await;
    assert!(matches!(answer, Err(AgentError::GrantExpired(id)) if id == first.id), "{answer:?}");
}

#[tokio::test]
async fn a_grant_whose_outcome_never_came_is_over() {
    let shop = Shop::open().await;
    let first = ask(&shop, "40.00").await.unwrap();
    shop.pass_time(631).await;
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!(shop.state(first.id).await, State::Unknown);
    let answer = ask(&shop, "40.00").await;
    assert!(matches!(answer, Err(AgentError::GrantExpired(id)) if id == first.id), "{answer:?}");
}

#[tokio::test]
async fn a_grant_that_was_reported_is_not_given_again() {
    let shop = Shop::open().await;
    let first = ask(&shop, "40.00").await.unwrap();
    shop.report(first.id, &first.grant.unwrap().token, Outcome::Failed).await.unwrap();
    let answer = ask(&shop, "40.00").await;
    assert!(matches!(answer, Err(AgentError::AlreadyReported(id)) if id == first.id), "{answer:?}");
}
