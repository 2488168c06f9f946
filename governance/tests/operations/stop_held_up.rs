//! What stands in the way of a stop does not hold it up for long.

use std::time::Duration;

use domain::state::State;
use governance::Pools;
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
        shop.release(Some("support"), "next").await;
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
            shop.release(Some(slug), "next").await;
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
            "insert into stops (id, engaged_at) values (gen_random_uuid(), told_now());
             update control set revision = revision + 1, stop_epoch = stop_epoch + 1; commit",
        )
        .await
        .unwrap();
    assert_eq!(asking.await.unwrap().unwrap().state, State::Stopped);
}
