//! The stop: what it holds, who may press and release it, and what a release does not revive.

use std::time::Duration;

use domain::state::State;
use governance::{AgentError, Conflict, Error, Pools};
use sqlx::{Connection, Executor, PgConnection};

use crate::support::{Shop, at_once, measured, refund};

/// The advisory key that decisions take shared and stops exclusively.
const CONTROL_LOCK: i64 = 0x5245_494e_5300;

async fn hold(session: &mut PgConnection, sql: &'static str) {
    session.execute("begin").await.unwrap();
    sqlx::query(sql).bind(CONTROL_LOCK).execute(session).await.unwrap();
}

const SHARED: &str = "select pg_advisory_xact_lock_shared($1)";
const EXCLUSIVE: &str = "select pg_advisory_xact_lock($1)";

#[tokio::test]
async fn everyone_may_stop_and_nothing_is_allowed_from_then_on() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    assert_eq!(replica.ask(&shop.key, "before", refund("40.00")).await.unwrap().state, State::Granted);
    for (n, who) in [&shop.auditor, &shop.stranger, &shop.operator, &shop.mia, &shop.admin].into_iter().enumerate() {
        for slug in [Some("support"), None] {
            let stop = shop.governance.stop(who, slug, "").await.unwrap();
            assert_eq!((stop.by.as_str(), stop.agent.map(|a| a.slug).as_deref()), (&*who.person().unwrap().name, slug));
            for governance in [&shop.governance, &replica] {
                let asked =
                    governance.ask(&shop.key, &uuid::Uuid::now_v7().to_string(), refund("40.00")).await.unwrap();
                assert_eq!((asked.state, asked.grant), (State::Stopped, None), "{n}");
            }
            shop.governance.release(&shop.operator, slug, "all is well").await.unwrap();
        }
    }
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
}

#[tokio::test]
async fn a_stop_of_one_agent_leaves_the_others_alone() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    shop.governance.stop(&shop.ana, Some("support"), "").await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
    assert_eq!(shop.governance.ask(&other, "k", refund("40.00")).await.unwrap().state, State::Granted);

    shop.governance.stop(&shop.ana, None, "").await.unwrap();
    assert_eq!(shop.governance.ask(&other, "l", refund("40.00")).await.unwrap().state, State::Stopped);
    shop.governance.release(&shop.operator, None, "all is well").await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
}

#[tokio::test]
async fn a_restored_database_that_counts_again_grants_nothing_after_a_stop() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    shop.database.run("create table backup as select * from control").await;
    shop.governance.add_queue(&shop.admin, "later", "After the backup").await.unwrap();
    // What this replica has in memory is of a state that the backup does not hold.
    assert_eq!(replica.ask(&shop.key, "before", refund("40.00")).await.unwrap().state, State::Granted);
    let before = shop.database.count("select revision from control").await;

    shop.database.run("update control c set revision = b.revision, nonce = b.nonce from backup b").await;
    shop.replica().stop(&shop.ana, None, "").await.unwrap();
    assert_eq!(shop.database.count("select revision from control").await, before, "the number came again");
    assert_eq!(replica.ask(&shop.key, "after", refund("40.00")).await.unwrap().state, State::Stopped);
    assert!(!replica.frame(&shop.ana).await.unwrap().stops.is_empty());
}

#[tokio::test]
async fn a_stop_holds_in_shadow_too() {
    let shop = Shop::open().await;
    shop.governance.set_mode(&shop.admin, "support", domain::agent::Mode::Shadow, "try").await.unwrap();
    shop.governance.stop(&shop.ana, None, "").await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
}

#[tokio::test]
async fn pressed_twice_it_answers_the_stop_that_holds() {
    let shop = Shop::open().await;
    let first = shop.governance.stop(&shop.ana, Some("support"), "odd refunds").await.unwrap();
    let second = shop.governance.stop(&shop.ben, Some("support"), "").await.unwrap();
    assert_eq!(first, second);
    assert_eq!(shop.entries("stopped").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pressed_by_twelve_at_once_it_is_one_stop() {
    let shop = Shop::open().await;
    let handles = [shop.governance.clone(), shop.replica()];
    let presses = (0..12).map(|n| {
        let (governance, who) = (handles[n % 2].clone(), shop.ana.clone());
        async move { governance.stop(&who, None, "").await.unwrap().id }
    });
    let ids = at_once(presses).await;
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(shop.entries("stopped").await.len(), 1);
}

#[tokio::test]
async fn a_stop_of_an_unknown_agent_is_an_error_and_stops_nothing() {
    let shop = Shop::open().await;
    assert!(matches!(shop.governance.stop(&shop.ana, Some("nobody"), "").await, Err(Error::NotFound)));
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
}

#[tokio::test]
async fn a_stop_that_cannot_be_recorded_is_not_confirmed() {
    let shop = Shop::open().await;
    shop.database.break_inserts("entries", "new.kind = 'stopped'").await;
    assert!(matches!(shop.governance.stop(&shop.ana, None, "").await, Err(Error::Unavailable)));
    assert_eq!(shop.database.count("select count(*) from stops").await, 0);
}

#[tokio::test]
async fn a_release_needs_an_operator_or_admin_and_a_reason() {
    let shop = Shop::open().await;
    shop.governance.stop(&shop.ana, None, "").await.unwrap();
    for who in [&shop.auditor, &shop.ana, &shop.mia] {
        assert!(matches!(shop.governance.release(who, None, "please").await, Err(Error::Forbidden)));
    }
    assert!(matches!(shop.governance.release(&shop.operator, None, " \n").await, Err(Error::Invalid(..))));
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
    assert_eq!(shop.entries("refused").await.len(), 3);

    shop.governance.release(&shop.operator, None, "it was a false alarm").await.unwrap();
    let again = shop.governance.release(&shop.admin, None, "again").await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::NotStopped))), "{again:?}");
    let other = shop.governance.release(&shop.admin, Some("support"), "again").await;
    assert!(matches!(other, Err(Error::Conflict(Conflict::NotStopped))), "{other:?}");
}

#[tokio::test]
async fn what_waits_is_frozen_it_can_be_rejected_but_not_approved() {
    let shop = Shop::open().await;
    let (first, second) = (shop.waiting(refund("80.00")).await, shop.waiting(refund("90.00")).await);
    shop.governance.stop(&shop.ana, Some("support"), "").await.unwrap();
    assert_eq!(shop.state(first).await, State::Frozen);
    assert_eq!(shop.governance.follow(&shop.key, first).await.unwrap().state, State::Frozen);
    assert!(matches!(shop.approve(&shop.ana, first).await, Err(Error::Conflict(Conflict::Stopped))));
    assert!(matches!(shop.change_amount(&shop.ana, first, "60.00").await, Err(Error::Conflict(Conflict::Stopped))));
    shop.reject(&shop.ana, first, "no").await.unwrap();
    assert_eq!(shop.state(first).await, State::Rejected);

    shop.governance.release(&shop.operator, Some("support"), "fine").await.unwrap();
    assert_eq!(shop.state(second).await, State::Waiting);
    shop.approve(&shop.ana, second).await.unwrap();
    assert!(shop.claim(second).await.is_ok());
}

#[tokio::test]
async fn a_frozen_requests_clock_runs_on() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    shop.governance.stop(&shop.ana, None, "").await.unwrap();
    shop.pass_time(id, 3601).await;
    shop.governance.pass_deadlines().await.unwrap();
    assert_eq!(shop.state(id).await, State::Expired);
}

#[tokio::test]
async fn what_was_approved_before_a_stop_is_not_claimed_but_decided_again() {
    let shop = Shop::open().await;
    for slug in [Some("support"), None] {
        let id = shop.approved_refund().await;
        shop.governance.stop(&shop.ben, slug, "").await.unwrap();
        assert!(matches!(shop.claim(id).await, Err(AgentError::Stopped(_))));
        shop.governance.release(&shop.operator, slug, "fine").await.unwrap();
        assert_eq!(shop.state(id).await, State::Waiting);
        assert!(matches!(shop.claim(id).await, Err(AgentError::NotApproved(_))));

        // The same person may say yes again: it is a fresh look.
        shop.approve(&shop.ana, id).await.unwrap();
        assert_eq!(shop.state(id).await, State::Approved);
        assert!(shop.claim(id).await.is_ok());
    }
}

#[tokio::test]
async fn a_yes_from_before_a_stop_does_not_add_up_with_one_from_after() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("250.00")).await;
    shop.approve(&shop.ana, id).await.unwrap();
    shop.governance.stop(&shop.ben, None, "").await.unwrap();
    shop.governance.release(&shop.operator, None, "fine").await.unwrap();
    shop.approve(&shop.ben, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn a_repeated_claim_after_a_stop_gives_nothing() {
    let shop = Shop::open().await;
    let id = shop.approved_refund().await;
    let claimed = shop.claim(id).await.unwrap();
    shop.governance.stop(&shop.ben, None, "").await.unwrap();
    assert!(matches!(shop.claim(id).await, Err(AgentError::Stopped(_))));
    // What may have gone out is shown, and its outcome is still taken.
    let page = shop.governance.stop_page(&shop.auditor).await.unwrap();
    let support = &page.agents[0];
    assert_eq!((support.outstanding_total, support.outstanding[0].id), (1, id));
    assert_eq!(support.last_grant_ends, Some(claimed.grant.execute_before));
    let state = shop.report(id, &claimed.grant.token, domain::state::Outcome::Succeeded).await.unwrap();
    assert_eq!(state, State::Succeeded);
}

#[tokio::test]
async fn a_reason_can_follow_the_stop() {
    let shop = Shop::open().await;
    let stop = shop.governance.stop(&shop.ana, Some("support"), "").await.unwrap();
    shop.governance.explain_stop(&shop.ana, stop.id, "it refunds twice").await.unwrap();
    assert_eq!(shop.governance.frame(&shop.ben).await.unwrap().stops[0].reason, "it refunds twice");
}

#[tokio::test]
async fn a_stuck_process_does_not_hold_up_the_stop() {
    let shop = Shop::open().await;
    let mut stuck = shop.database.server_session().await;
    hold(&mut stuck, SHARED).await;
    let (stop, took) = measured(shop.governance.stop(&shop.ana, None, "")).await;
    stop.unwrap();
    println!("a stop with a stuck process took {took:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(stuck.ping().await.is_err(), "the stuck session was not ended");
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
}

#[tokio::test]
async fn a_stuck_control_change_does_not_hold_up_the_stop() {
    let shop = Shop::open().await;
    for sql in [EXCLUSIVE, "update control set brand = 'stuck' where $1 > 0"] {
        let mut stuck = shop.database.server_session().await;
        hold(&mut stuck, sql).await;
        let (stop, took) = measured(shop.governance.stop(&shop.ana, Some("support"), "")).await;
        stop.unwrap();
        assert!(took < Duration::from_secs(2), "{sql}: {took:?}");
        shop.governance.release(&shop.operator, Some("support"), "next").await.unwrap();
    }
}

#[tokio::test]
async fn a_stuck_process_does_not_hold_up_many_stops_at_once() {
    let shop = Shop::open().await;
    let mut stuck = shop.database.server_session().await;
    hold(&mut stuck, SHARED).await;
    let presses = (0..12).map(|_| {
        let (governance, who) = (shop.governance.clone(), shop.ana.clone());
        async move { measured(governance.stop(&who, None, "")).await }
    });
    for (stop, took) in at_once(presses).await {
        stop.unwrap();
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
}

#[tokio::test]
async fn other_changes_that_wait_do_not_keep_a_stop_from_a_connection() {
    let shop = Shop::open().await;
    let mut stuck = shop.database.server_session().await;
    hold(&mut stuck, SHARED).await;
    let change = |n: usize| {
        let (governance, who) = (shop.governance.clone(), shop.admin.clone());
        async move { governance.add_queue(&who, &format!("queue-{n}"), "Queue").await.is_ok() }
    };
    let changes = tokio::spawn(at_once((0..12).map(change).collect::<Vec<_>>()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (stop, took) = measured(shop.governance.stop(&shop.ana, None, "")).await;
    stop.unwrap();
    assert!(took < Duration::from_secs(2), "{took:?}");
    changes.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_of_several_agents_at_once_do_not_end_each_other() {
    let shop = Shop::open().await;
    for slug in ["a", "b", "c"] {
        shop.second_agent(slug).await;
    }
    let handles = [shop.governance.clone(), shop.replica()];
    for _ in 0..3 {
        let mut stuck = shop.database.server_session().await;
        hold(&mut stuck, SHARED).await;
        let presses = ["support", "a", "b", "c"].into_iter().enumerate().map(|(n, slug)| {
            let (governance, who) = (handles[n % 2].clone(), shop.ana.clone());
            async move { governance.stop(&who, Some(slug), "").await }
        });
        for stop in at_once(presses).await {
            stop.unwrap();
        }
        for slug in ["support", "a", "b", "c"] {
            shop.governance.release(&shop.operator, Some(slug), "next").await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_session_that_reins_may_not_end_delays_the_stop_but_does_not_break_it() {
    let shop = Shop::open().await;
    let mut other = shop.database.owner.acquire().await.unwrap();
    hold(&mut other, SHARED).await;
    let let_go = async {
        tokio::time::sleep(Duration::from_millis(2500)).await;
        other.execute("rollback").await.unwrap();
    };
    let (stop, ()) = tokio::join!(shop.governance.stop(&shop.ana, None, ""), let_go);
    stop.unwrap();
}

#[tokio::test]
async fn decisions_that_hang_do_not_hold_up_the_stop() {
    let shop = Shop::open().await;
    let governance = shop.replica_with(Pools { decisions: 4, controls: 1, pages: 1 });
    let mut owner = shop.database.owner.acquire().await.unwrap();
    owner.execute("begin; lock table requests").await.unwrap();
    let ask = |n: usize| {
        let (governance, key) = (governance.clone(), shop.key.clone());
        async move { governance.ask(&key, &format!("key {n}"), refund("40.00")).await.is_ok() }
    };
    let asks = tokio::spawn(at_once((0..20).map(ask).collect::<Vec<_>>()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (stop, took) = measured(governance.stop(&shop.ana, None, "")).await;
    stop.unwrap();
    println!("a stop beside decisions that hang took {took:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    owner.execute("rollback").await.unwrap();
    asks.await.unwrap();
    assert_eq!(shop.database.count("select count(*) from requests where state = 'granted'").await, 0);
}

#[tokio::test]
async fn a_database_with_another_isolation_by_default_does_not_weaken_the_stop() {
    let shop = Shop::open().await;
    let database = shop.database.name();
    shop.database.run(format!("alter database {database} set default_transaction_isolation = 'repeatable read'")).await;
    let governance = shop.replica();
    assert_eq!(governance.ask(&shop.key, "before", refund("40.00")).await.unwrap().state, State::Granted);

    // The ask waits for the lock while the stop commits: it must not judge by what it saw before.
    let mut stopping = shop.database.server_session().await;
    hold(&mut stopping, EXCLUSIVE).await;
    let asking = tokio::spawn({
        let (governance, key) = (governance.clone(), shop.key.clone());
        async move { governance.ask(&key, "during", refund("40.00")).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    stopping
        .execute(
            "insert into stops (id, engaged_at) values (gen_random_uuid(), now());
             update control set revision = revision + 1, stop_epoch = stop_epoch + 1; commit",
        )
        .await
        .unwrap();
    assert_eq!(asking.await.unwrap().unwrap().state, State::Stopped);
}
