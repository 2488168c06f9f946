//! Asking: judged, recorded and answered in one transaction.

use std::time::Duration;

use domain::{agent::Mode, state::State, view::KeyKind};
use governance::{AgentError, Asked, Governance, Key, Pools};
use uuid::Uuid;

use crate::support::{For, Shop, at_once, gift, note, refund};

fn rules(asked: &Asked) -> Vec<&str> {
    asked.reasons.iter().map(|reason| reason.rule.as_str()).collect()
}

#[tokio::test]
async fn what_is_allowed_is_granted_for_thirty_seconds() {
    let shop = Shop::open().await;
    let asked = shop.ask(refund("40.00")).await;
    assert_eq!((asked.decision.as_str(), asked.state, asked.permission_version), ("allowed", State::Granted, Some(1)));
    let grant = asked.grant.unwrap();
    assert!(grant.token.starts_with("grant_"));

    let row = shop.look_at(asked.id).await.row;
    assert_eq!(row.deadline, Some(grant.execute_before));
    assert_eq!((grant.execute_before - row.asked_at).num_seconds(), 30);
}

#[tokio::test]
async fn what_is_denied_says_why_and_where() {
    let shop = Shop::open().await;
    let mut unknown = refund("40.00");
    unknown.action = "order.burn".to_owned();
    for (ask, rule, pointer) in [
        (refund("500.01"), "hard-limit", "/arguments/total"),
        (refund("0.00"), "amount-not-positive", "/arguments/total"),
        (unknown, "unknown-action", "/action"),
    ] {
        let asked = shop.ask(ask).await;
        assert_eq!((asked.decision.as_str(), asked.state, asked.grant.is_none()), ("denied", State::Denied, true));
        let reason = &asked.reasons[0];
        assert_eq!((reason.rule.as_str(), reason.pointer.as_deref()), (rule, Some(pointer)));
    }
}

#[tokio::test]
async fn what_needs_approval_waits_for_its_queue_without_a_grant() {
    let shop = Shop::open().await;
    let asked = shop.ask(refund("50.01")).await;
    assert_eq!((asked.decision.as_str(), asked.state, asked.grant.is_none()), ("needs_approval", State::Waiting, true));
    let needs: Vec<_> = asked.approvals.iter().map(|p| (p.need.queue.as_str(), p.need.needed)).collect();
    assert_eq!((needs, rules(&asked)), (vec![("cs-leads", 1)], vec!["over-50"]));
}

#[tokio::test]
async fn only_a_live_agent_is_granted_anything() {
    let shop = Shop::open().await;
    let draft = shop.second_agent("returns").await;
    let ask = |key: Key| {
        let governance = shop.governance.clone();
        async move { governance.ask(&key, &Uuid::now_v7().to_string(), refund("40.00")).await.unwrap() }
    };
    shop.governance.set_mode(&shop.admin, "returns", Mode::Shadow, "try it out").await.unwrap();
    let asked = ask(draft.clone()).await;
    assert_eq!((asked.state, asked.would_have_been.as_deref()), (State::Shadowed, Some("allowed")));
    assert!(asked.grant.is_none());

    shop.governance.set_mode(&shop.admin, "returns", Mode::Retired, "not needed").await.unwrap();
    let asked = ask(draft).await;
    assert_eq!((asked.state, rules(&asked), &asked.grant), (State::Denied, vec!["not-live"], &None));
}

#[tokio::test]
async fn without_its_entry_there_is_no_request() {
    let shop = Shop::open().await;
    shop.database.break_inserts("entries", "new.kind = 'asked'").await;
    let answer = shop.try_ask(refund("40.00")).await;
    assert!(matches!(answer, Err(AgentError::Unavailable)), "{answer:?}");
    assert_eq!(shop.database.count("select count(*) from requests").await, 0);
    assert_eq!(
        shop.database
            .count("select count(*) from personal p join entries e on e.id = p.entry_id where e.kind = 'asked'")
            .await,
        0
    );
}

#[tokio::test]
async fn without_its_request_there_is_no_entry() {
    let shop = Shop::open().await;
    shop.database.break_inserts("requests", "true").await;
    let answer = shop.try_ask(refund("40.00")).await;
    assert!(matches!(answer, Err(AgentError::Unavailable)), "{answer:?}");
    assert_eq!(shop.entries("asked").await.len(), 0);
}

#[tokio::test]
async fn without_a_database_nothing_is_allowed() {
    let shop = Shop::open().await;
    let nowhere = Governance::connect("postgres://nobody@127.0.0.1:1/nothing", Pools::default()).unwrap();
    let answer = nowhere.ask(&shop.key, "k", refund("40.00")).await;
    assert!(matches!(answer, Err(AgentError::Unavailable)), "{answer:?}");
}

#[tokio::test]
async fn permissions_that_cannot_be_read_allow_nothing_and_the_stop_still_works() {
    let shop = Shop::open().await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    shop.database.run("update permission_sets set published_at = told_now(), body = '{}'; update control set revision = revision + 1").await;
    let answer = shop.try_ask(refund("40.00")).await;
    assert!(matches!(answer, Err(AgentError::Unavailable)), "{answer:?}");
    shop.governance.stop(&shop.ana, None, "").await.unwrap();
}

#[tokio::test]
async fn a_published_version_that_is_gone_allows_nothing() {
    let shop = Shop::open().await;
    shop.database.run("update agents set permission_version = 7; update control set revision = revision + 1").await;
    let asked = shop.ask(refund("40.00")).await;
    assert_eq!((asked.state, rules(&asked)[0]), (State::Denied, "no-permissions"));
}

#[tokio::test]
async fn forty_duplicates_in_flight_on_two_replicas_become_one_request() {
    let shop = Shop::open().await;
    let handles = [shop.governance.clone(), shop.replica()];
    let asks = (0..40).map(|n| {
        let (governance, key) = (handles[n % 2].clone(), shop.key.clone());
        async move { governance.ask(&key, "once", refund("40.00")).await.unwrap() }
    });
    let answers = at_once(asks).await;
    assert_eq!(shop.database.count("select count(*) from requests").await, 1);
    assert_eq!(shop.entries("asked").await.len(), 1);
    assert_eq!(answers.iter().filter(|asked| !asked.replayed).count(), 1);
    assert!(answers.iter().all(|asked| asked.id == answers[0].id && asked.grant == answers[0].grant));
}

#[tokio::test]
async fn of_different_bodies_under_one_key_in_flight_one_wins() {
    let shop = Shop::open().await;
    let handles = [shop.governance.clone(), shop.replica()];
    let asks = (0..20).map(|n| {
        let (governance, key) = (handles[n % 2].clone(), shop.key.clone());
        async move { governance.ask(&key, "once", refund(&format!("{n}.50"))).await }
    });
    let answers = at_once(asks).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let refused = answers.iter().filter(|answer| matches!(answer, Err(AgentError::IdempotencyMismatch)));
    assert_eq!(refused.count(), 19);
}

#[tokio::test]
async fn two_agents_may_use_the_same_idempotency_key() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    let first = shop.governance.ask(&shop.key, "once", refund("40.00")).await.unwrap();
    let second = shop.governance.ask(&other, "once", refund("30.00")).await.unwrap();
    assert_ne!(first.id, second.id);
    assert!(!second.replayed);
}

#[tokio::test]
async fn a_request_that_cannot_be_written_fails_alone() {
    let shop = Shop::open().await;
    shop.database.break_inserts("requests", "new.action = 'gift.send'").await;
    let asks = (0..30).map(|n| {
        let (governance, key) = (shop.governance.clone(), shop.key.clone());
        let ask = if n % 10 == 3 { gift() } else { note("hello") };
        async move { governance.ask(&key, &format!("key {n}"), ask).await }
    });
    for (n, answer) in at_once(asks).await.into_iter().enumerate() {
        match n % 10 {
            3 => assert!(matches!(answer, Err(AgentError::Unavailable)), "{n}: {answer:?}"),
            _ => assert_eq!(answer.unwrap().state, State::Granted, "{n}"),
        }
    }
    assert_eq!(shop.entries("asked").await.len(), 27);
}

#[tokio::test]
async fn what_the_database_cannot_hold_fails_alone() {
    let shop = Shop::open().await;
    let asks = (0..10).map(|n| {
        let (governance, key) = (shop.governance.clone(), shop.key.clone());
        let ask = note(if n == 5 { "a\0b" } else { "hello" });
        async move { governance.ask(&key, &format!("key {n}"), ask).await.is_ok() }
    });
    let written = at_once(asks).await;
    assert_eq!(written.iter().position(|written| !written), Some(5));
    assert_eq!(written.iter().filter(|written| **written).count(), 9);
}

#[tokio::test]
async fn a_caller_who_hangs_up_takes_nobody_along() {
    let shop = Shop::open().await;
    for round in 0..10 {
        let (governance, key) = (shop.governance.clone(), shop.key.clone());
        let hasty = tokio::spawn(async move { governance.ask(&key, &format!("hasty {round}"), refund("1.00")).await });
        let patient = shop.try_ask(refund("2.00"));
        let hang_up = async {
            tokio::time::sleep(Duration::from_micros(200 * round)).await;
            hasty.abort();
        };
        let (answer, ()) = tokio::join!(patient, hang_up);
        assert_eq!(answer.unwrap().state, State::Granted);
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_on_every_replica() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    assert!(replica.ask(&shop.key, "before", refund("40.00")).await.is_ok());
    let key = shop.governance.keys(&shop.admin).await.unwrap().remove(0);
    shop.governance.revoke_key(&shop.admin, key.id).await.unwrap();
    for (governance, idempotency_key) in [(&replica, "after"), (&replica, "before"), (&shop.governance, "after")] {
        let answer = governance.ask(&shop.key, idempotency_key, refund("40.00")).await;
        assert!(matches!(answer, Err(AgentError::BadKey)), "{answer:?}");
    }
    assert_eq!(shop.entries("asked").await.len(), 1);
}

#[tokio::test]
async fn a_hooks_key_asks_nothing() {
    let shop = Shop::open().await;
    let hook = shop.governance.create_key(&shop.admin, "support", KeyKind::Hook, "helpdesk").await.unwrap();
    let hook = Key::read(&hook.secret).unwrap();
    let answer = shop.governance.ask(&hook, "k", refund("40.00")).await;
    assert!(matches!(answer, Err(AgentError::WrongKind)), "{answer:?}");
    let id = shop.approved_refund().await;
    assert!(matches!(shop.governance.claim(&hook, "k", id).await, Err(AgentError::WrongKind)));
    assert!(matches!(shop.governance.follow(&hook, id).await, Err(AgentError::WrongKind)));
}

#[tokio::test]
async fn an_agent_does_not_reach_another_agents_request() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    let id = shop.approved_refund().await;
    assert!(matches!(shop.governance.claim(&other, "k", id).await, Err(AgentError::NotFound)));
    assert!(matches!(shop.governance.follow(&other, id).await, Err(AgentError::NotFound)));
    assert!(matches!(shop.governance.cancel(&other, id).await, Err(AgentError::NotFound)));
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn a_second_customer_under_one_trigger_asks_a_person_even_at_once() {
    let shop = Shop::open().await;
    let handles = [shop.governance.clone(), shop.replica()];
    let asks = (0..10).map(|n| {
        let (governance, key) = (handles[n % 2].clone(), shop.key.clone());
        let mut ask = refund("5.00").of(&format!("customer {n}"));
        // What a reader takes for the same is the same.
        ask.trigger = Some(["ticket x 1", "TICKET X 1", "Ticket Ｘ １"][n % 3].to_owned());
        async move { governance.ask(&key, &format!("key {n}"), ask).await.unwrap().state }
    });
    let states = at_once(asks).await;
    assert_eq!(states.iter().filter(|state| **state == State::Granted).count(), 1, "{states:?}");
}

#[tokio::test]
async fn a_connection_that_broke_off_meanwhile_costs_no_answer() {
    let shop = Shop::open().await;
    shop.ask(refund("40.00")).await;
    let ended = "select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and application_name = 'reins'";
    let ended: i64 = sqlx::query_scalar(ended).fetch_one(&mut shop.database.server_session().await).await.unwrap();
    assert!(ended > 0);

    let asked = shop.ask(refund("40.00")).await;
    assert_eq!(asked.decision, "allowed");
}
