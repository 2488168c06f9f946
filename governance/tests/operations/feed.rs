//! The change feed: each entry once, also when its transaction commits late.

use governance::{Changed, Governance, Position};
use sqlx::{Executor, PgConnection};

use crate::support::{Shop, at_once, note, refund};

async fn insert_entry(session: &mut PgConnection) -> uuid::Uuid {
    sqlx::query_scalar(
        "insert into entries (id, at, kind, actor_kind, detail) values (gen_random_uuid(), now(), 'refused', 'system', '{}')
         returning id",
    )
    .fetch_one(session)
    .await
    .unwrap()
}

async fn read(governance: &Governance, since: &mut Position) -> Vec<Changed> {
    let (changes, next) = governance.changes(*since).await.unwrap();
    assert!(next >= *since);
    *since = next;
    changes
}

#[tokio::test]
async fn what_is_written_is_met_once() {
    let shop = Shop::open().await;
    let mut position = shop.governance.feed_position().await.unwrap();
    assert_eq!(read(&shop.governance, &mut position).await, []);
    let id = shop.ask(refund("40.00")).await.id;
    let changes = read(&shop.governance, &mut position).await;
    assert_eq!((changes.len(), changes[0].request), (1, Some(id)));
    assert_eq!(read(&shop.governance, &mut position).await, []);
}

#[tokio::test]
async fn a_late_commit_is_not_missed() {
    let shop = Shop::open().await;
    let mut position = shop.governance.feed_position().await.unwrap();
    let mut late = shop.database.server_session().await;
    late.execute("begin").await.unwrap();
    let slow = insert_entry(&mut late).await;
    let quick = shop.ask(refund("40.00")).await.id;

    // The quick one is held back: whoever read past the slow one would never meet it.
    assert_eq!(read(&shop.governance, &mut position).await, []);
    late.execute("commit").await.unwrap();
    let changes = read(&shop.governance, &mut position).await;
    assert_eq!((changes[0].entry.0, changes[1].request), (slow, Some(quick)));
    assert_eq!(changes.len(), 2);
    assert_eq!(read(&shop.governance, &mut position).await, []);
}

#[tokio::test]
async fn a_reader_that_begins_beside_an_open_transaction_meets_it() {
    let shop = Shop::open().await;
    let mut late = shop.database.server_session().await;
    late.execute("begin").await.unwrap();
    let slow = insert_entry(&mut late).await;
    shop.ask(note("before")).await;
    let mut position = shop.governance.feed_position().await.unwrap();
    late.execute("commit").await.unwrap();
    let met: Vec<_> = read(&shop.governance, &mut position).await.iter().map(|change| change.entry.0).collect();
    assert!(met.contains(&slow), "{met:?}");
}

#[tokio::test]
async fn what_was_rolled_back_is_never_met_and_holds_nothing_up() {
    let shop = Shop::open().await;
    let mut position = shop.governance.feed_position().await.unwrap();
    let mut gone = shop.database.server_session().await;
    gone.execute("begin").await.unwrap();
    insert_entry(&mut gone).await;
    gone.execute("rollback").await.unwrap();
    shop.ask(note("after")).await;
    assert_eq!(read(&shop.governance, &mut position).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_every_entry_is_met_exactly_once() {
    let shop = Shop::open().await;
    let mut position = shop.governance.feed_position().await.unwrap();
    let handles = [shop.governance.clone(), shop.replica()];
    let asks = (0..300).map(|n| {
        let (governance, key) = (handles[n % 2].clone(), shop.key.clone());
        async move { governance.ask(&key, &format!("key {n}"), note("x")).await.unwrap().id }
    });
    let asking = tokio::spawn(at_once(asks));
    let mut met = Vec::new();
    while !asking.is_finished() {
        met.extend(read(&shop.governance, &mut position).await.into_iter().filter_map(|change| change.request));
    }
    met.extend(read(&shop.governance, &mut position).await.into_iter().filter_map(|change| change.request));
    met.sort();
    let mut asked = asking.await.unwrap();
    asked.sort();
    assert_eq!(met, asked);
}

#[tokio::test]
async fn more_than_one_page_of_changes_is_read_without_gap_or_repetition() {
    let shop = Shop::open().await;
    let mut position = shop.governance.feed_position().await.unwrap();
    let mut session = shop.database.server_session().await;
    for _ in 0..12 {
        session
            .execute(
                "insert into entries (id, at, kind, actor_kind, detail)
                 select gen_random_uuid(), now(), 'refused', 'system', '{}' from generate_series(1, 999)",
            )
            .await
            .unwrap();
    }
    let mut met = std::collections::BTreeSet::new();
    let mut all = 0;
    for _ in 0..5 {
        let changes = read(&shop.governance, &mut position).await;
        all += changes.len();
        met.extend(changes.into_iter().map(|change| change.entry.0));
    }
    assert_eq!((all, met.len()), (12 * 999, 12 * 999));
}
