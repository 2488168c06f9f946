//! Claims: the approved request is judged again right before it is carried out.

use domain::{
    agent_file::AgentFile,
    permission::{AppliesTo, Scope},
    request::{Ask, Read},
    state::{Outcome, State},
};
use governance::AgentError;
use serde_json::json;

use crate::support::{Shop, at_once, id_of, refund};

#[tokio::test]
async fn an_approved_request_is_claimed_and_reported() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    let claimed = shop.claim(id).await.unwrap();
    assert_eq!(claimed.arguments, refund("80.00").arguments);
    assert_eq!(shop.state(id).await, State::Granted);
    assert_eq!(shop.report(id, &claimed.grant.token, Outcome::Succeeded).await.unwrap(), State::Succeeded);
    let kinds: Vec<_> = shop.look_at(id).await.entries.iter().map(|entry| entry.kind.unwrap().name()).collect();
    assert_eq!(kinds, ["asked", "approved", "claimed", "reported"]);
}

#[tokio::test]
async fn a_repeated_claim_gives_the_same_grant_and_another_key_none() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    let first = shop.claim(id).await.unwrap();
    assert_eq!(shop.claim(id).await.unwrap(), first);
    let answer = shop.governance.claim(&shop.key, "another", id).await;
    assert!(matches!(answer, Err(AgentError::AlreadyClaimed(_))), "{answer:?}");
}

#[tokio::test]
async fn of_many_claims_at_once_one_is_granted() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    let handles = [shop.governance.clone(), shop.replica()];
    let claims = (0..20).map(|n| {
        let (governance, key) = (handles[n % 2].clone(), shop.key.clone());
        async move { governance.claim(&key, &format!("claim {n}"), id).await }
    });
    let answers = at_once(claims).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|a| matches!(a, Ok(_) | Err(AgentError::AlreadyClaimed(_)))), "{answers:?}");
    assert_eq!(shop.entries("claimed").await.len(), 1);
}

#[tokio::test]
async fn what_is_not_approved_is_not_claimed_and_the_attempt_is_recorded() {
    let shop = Shop::open().await;
    let waiting = shop.waiting(refund("80.00")).await;
    assert!(matches!(shop.claim(waiting).await, Err(AgentError::NotApproved(_))));
    let rejected = shop.waiting(refund("80.00")).await;
    shop.reject(&shop.ana, rejected, "no").await.unwrap();
    assert!(matches!(shop.claim(rejected).await, Err(AgentError::NotApproved(_))));
    assert_eq!(shop.entries("claim_refused").await.len(), 2);

    let granted = shop.ask(refund("40.00")).await.id;
    assert!(matches!(shop.claim(granted).await, Err(AgentError::AlreadyClaimed(_))));
}

#[tokio::test]
async fn a_claim_after_its_fifteen_minutes_is_too_late_even_before_the_job_has_run() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.pass_time(15 * 60 + 1).await;
    assert!(matches!(shop.claim(id).await, Err(AgentError::Expired(_))));
    assert_eq!(shop.governance.pass_deadlines().await.unwrap(), 1);
    assert_eq!(shop.state(id).await, State::Expired);
    assert!(matches!(shop.claim(id).await, Err(AgentError::Expired(_))));
}

#[tokio::test]
async fn a_repeated_claim_after_the_grants_end_gives_nothing() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.claim(id).await.unwrap();
    shop.pass_time(31).await;
    assert!(matches!(shop.claim(id).await, Err(AgentError::GrantExpired(_))));
    shop.pass_time(600).await;
    shop.governance.pass_deadlines().await.unwrap();
    assert_eq!(shop.state(id).await, State::Unknown);
    assert!(matches!(shop.claim(id).await, Err(AgentError::GrantExpired(_))));
}

#[tokio::test]
async fn permissions_that_were_tightened_after_the_approval_hold_at_the_claim() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.publish(|set| set.action_scope.deny.extend(["order.refund".to_owned()])).await;
    assert!(matches!(shop.claim(id).await, Err(AgentError::NoLongerPermitted(_))));
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn a_rule_that_came_after_the_approval_has_to_be_met() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.publish(|set| set.approval_thresholds.rules[0].queue = "legal".to_owned()).await;
    assert!(matches!(shop.claim(id).await, Err(AgentError::NoLongerPermitted(_))));
}

#[tokio::test]
async fn an_action_type_that_changed_after_the_approval_makes_it_void() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.apply(|file| file.actions[0].sentence = "Refund {total}".to_owned()).await;
    assert!(matches!(shop.claim(id).await, Err(AgentError::NoLongerPermitted(_))));
}

#[tokio::test]
async fn an_open_breaker_pauses_the_claim_until_it_is_closed() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.governance.open_breaker(&shop.operator, "shopify", "it answers with errors").await.unwrap();
    assert!(matches!(shop.claim(id).await, Err(AgentError::Paused(_))));
    shop.close_breaker("shopify", "it is well again").await.unwrap();
    assert!(shop.claim(id).await.is_ok());
}

#[tokio::test]
async fn a_tightening_that_came_after_the_approval_asks_its_own_queue() {
    let shop = Shop::open().await;
    let tighten = async || {
        let answer = shop.governance.tighten(&shop.operator, "support", Default::default(), "drift", None).await;
        answer.unwrap();
    };
    let met = shop.approved_refund().await;
    tighten().await;
    assert!(shop.claim(met).await.is_ok());

    shop.publish(|set| set.approval_thresholds.queue = "managers".to_owned()).await;
    let unmet = shop.waiting(refund("80.00")).await;
    shop.approve(&shop.ana, unmet).await.unwrap();
    assert!(matches!(shop.claim(unmet).await, Err(AgentError::NotApproved(_))));
    shop.approve(&shop.mia, unmet).await.unwrap();
    assert!(shop.claim(unmet).await.is_ok());
}

#[tokio::test]
async fn an_approval_of_somebody_who_was_disabled_no_longer_counts() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    shop.governance.disable_person(&shop.admin, id_of(&shop.ana), 9).await.unwrap();
    assert!(matches!(shop.claim(id).await, Err(AgentError::NotApproved(_))));
}

#[tokio::test]
async fn a_claim_gives_the_arguments_as_approved() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.change_amount(&shop.ana, id, "70.00").await.unwrap();
    let claimed = shop.claim(id).await.unwrap();
    assert_eq!(claimed.arguments["total"], json!({ "amount": "70.00", "currency": "USD" }));
}

#[tokio::test]
async fn what_is_withdrawn_is_neither_approved_nor_claimed() {
    let shop = Shop::open().await;
    let waiting = shop.waiting(refund("80.00")).await;
    assert_eq!(shop.governance.cancel(&shop.key, waiting).await.unwrap(), State::Cancelled);
    assert_eq!(shop.governance.cancel(&shop.key, waiting).await.unwrap(), State::Cancelled);
    assert!(shop.approve(&shop.ana, waiting).await.is_err());

    let approved = shop.approved_refund().await;
    shop.governance.cancel(&shop.key, approved).await.unwrap();
    assert!(matches!(shop.claim(approved).await, Err(AgentError::NotApproved(_))));

    let granted = shop.ask(refund("40.00")).await.id;
    assert!(matches!(shop.governance.cancel(&shop.key, granted).await, Err(AgentError::NotOpen(_))));
}

#[tokio::test]
async fn what_was_read_is_judged_at_the_claim_as_at_the_ask() {
    for recorded in [true, false] {
        let shop = Shop::open().await;
        let prices = |file: &mut AgentFile| {
            let data_set = json!({ "name": "shop.prices", "label": "Prices", "sensitivity": "public" });
            file.data_sets.push(serde_json::from_value(data_set).unwrap());
            file.actions[0].data_sets.clear();
            file.permissions.data_access.read = [("shop.prices".to_owned(), Scope::All)].into();
            file.permissions.audit_logging.record.reads = recorded;
            file.permissions.approval_thresholds.rules[0].applies_to = AppliesTo::Any;
            file.permissions.approval_thresholds.rules[0].when.clear();
        };
        let denied = |file: &mut AgentFile| {
            prices(file);
            file.permissions.data_access.deny.insert("shop.prices".to_owned());
        };
        let read = Read { data_set: "shop.prices".to_owned(), subject: Some("yara".to_owned()) };
        let told = Ask { reads: Some(vec![read]), ..refund("20.00") };
        let look_up = Ask { action: "data.read".to_owned(), arguments: json!({}), ..told.clone() };

        shop.apply(prices).await;
        for ask in [told, look_up] {
            let (first, second) = (shop.waiting(ask.clone()).await, shop.waiting(ask).await);
            for id in [first, second] {
                shop.approve(&shop.ana, id).await.unwrap();
                let kept = shop.look_at(id).await.ask.reads.unwrap();
                assert_eq!(kept[0].subject.is_some(), recorded, "whose it was is kept where that is recorded");
            }
            assert!(shop.claim(first).await.is_ok(), "recorded: {recorded}");
            shop.apply(denied).await;
            assert!(matches!(shop.claim(second).await, Err(AgentError::NoLongerPermitted(_))));
            shop.apply(prices).await;
        }
    }
}
