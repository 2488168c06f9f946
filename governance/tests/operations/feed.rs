//! The change feed: each entry once, also when its transaction commits late.

use std::{collections::BTreeSet, time::Duration};

use domain::entry::Kind;
use governance::{Changed, Governance, Position};
use sqlx::{Executor, PgConnection};

use crate::support::{Shop, at_once, note, refund};

async fn insert_entry(session: &mut PgConnection) -> uuid::Uuid {
    sqlx::query_scalar(
        "insert into entries (id, at, format, kind, actor_kind, detail, leaf)
         values (gen_random_uuid(), told_now(), 1, 'refused', 'system', '{}', sha256(''))
         returning id",
    )
    .fetch_one(session)
    .await
    .unwrap()
}

/// What is new. Transactions of other tests, too, hold the feed back for a moment, but it loses nothing.
async fn read(governance: &Governance, since: &mut Position) -> Vec<Changed> {
    let read = governance.changes(*since).await.unwrap();
    assert!(read.next >= *since);
    *since = read.next;
    read.changes
}

/// Reads until this entry, or this request's first one, was met; gives all that was met on the way.
async fn read_until(governance: &Governance, since: &mut Position, met: impl Fn(&Changed) -> bool) -> Vec<Changed> {
    let mut all = Vec::new();
    for _ in 0..200 {
        all.extend(read(governance, since).await);
        if all.iter().any(&met) {
            return all;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not met: {all:?}");
}

/// A position behind all that is there.
async fn now(shop: &Shop) -> Position {
    let mut position = shop.governance.feed_position().await.unwrap();
    let last = shop.ask(note("last")).await.id;
    read_until(&shop.governance, &mut position, |change| change.request == Some(last)).await;
    position
}

#[tokio::test]
async fn what_is_written_is_met_once() {
    let shop = Shop::open().await;
    let mut position = now(&shop).await;
    let id = shop.ask(refund("40.00")).await.id;
    let changes = read_until(&shop.governance, &mut position, |change| change.request == Some(id)).await;
    assert_eq!(changes.len(), 1);
    assert_eq!(read(&shop.governance, &mut position).await, []);
}

#[tokio::test]
async fn a_late_commit_is_not_missed() {
    let shop = Shop::open().await;
    let mut position = now(&shop).await;
    let mut late = shop.database.server_session().await;
    late.execute("begin").await.unwrap();
    let slow = insert_entry(&mut late).await;
    let quick = shop.ask(refund("40.00")).await.id;

    // The quick one is held back: whoever read past the slow one would never meet it.
    assert_eq!(read(&shop.governance, &mut position).await, []);
    late.execute("commit").await.unwrap();
    let changes = read_until(&shop.governance, &mut position, |change| change.request == Some(quick)).await;
    assert_eq!((changes[0].entry.0, changes.len()), (slow, 2));
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
    read_until(&shop.governance, &mut position, |change| change.entry.0 == slow).await;
}

#[tokio::test]
async fn what_was_rolled_back_is_never_met_and_holds_nothing_up() {
    let shop = Shop::open().await;
    let mut position = now(&shop).await;
    let mut gone = shop.database.server_session().await;
    gone.execute("begin").await.unwrap();
    insert_entry(&mut gone).await;
    gone.execute("rollback").await.unwrap();
    let after = shop.ask(note("after")).await.id;
    let changes = read_until(&shop.governance, &mut position, |change| change.request == Some(after)).await;
    assert_eq!(changes.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_every_entry_is_met_exactly_once() {
    let shop = Shop::open().await;
    let mut position = now(&shop).await;
    let handles = [shop.governance.clone(), shop.replica()];
    let ask = |n: usize| {
        let (governance, key) = (handles[n % 2].clone(), shop.key.clone());
        async move { governance.ask(&key, &format!("key {n}"), note("x")).await.unwrap().id }
    };
    let asks: Vec<_> = (0..300).map(ask).collect();
    let asking = tokio::spawn(at_once(asks));
    let mut met = Vec::new();
    while !asking.is_finished() {
        met.extend(read(&shop.governance, &mut position).await);
    }
    let last = shop.ask(note("the last")).await.id;
    met.extend(read_until(&shop.governance, &mut position, |change| change.request == Some(last)).await);

    let mut met: Vec<_> = met.into_iter().filter_map(|change| change.request).collect();
    let mut asked = asking.await.unwrap();
    asked.push(last);
    met.sort();
    asked.sort();
    assert_eq!(met, asked);
}

#[tokio::test]
async fn more_than_one_page_of_changes_is_read_without_gap_or_repetition() {
    let shop = Shop::open().await;
    let mut position = now(&shop).await;
    let mut session = shop.database.server_session().await;
    for _ in 0..12 {
        session
            .execute(
                "insert into entries (id, at, format, kind, actor_kind, detail, leaf)
                 select gen_random_uuid(), told_now(), 1, 'refused', 'system', '{}', sha256('') from generate_series(1, 999)",
            )
            .await
            .unwrap();
    }
    let last = shop.ask(note("the last")).await.id;
    let met = read_until(&shop.governance, &mut position, |change| change.request == Some(last)).await;
    let different: BTreeSet<_> = met.iter().map(|change| change.entry).collect();
    assert_eq!((met.len(), different.len()), (12 * 999 + 1, 12 * 999 + 1));
}

#[tokio::test]
async fn a_transaction_of_more_entries_than_a_page_is_read_whole() {
    let shop = Shop::open().await;
    let mut position = now(&shop).await;
    shop.database
        .run(
            "insert into entries (id, at, format, kind, actor_kind, detail, leaf)
             select gen_random_uuid(), told_now(), 1, 'refused', 'system', '{}', sha256('') from generate_series(1, 10100)",
        )
        .await;
    let last = shop.ask(note("after")).await.id;
    let changes = read_until(&shop.governance, &mut position, |change| change.request == Some(last)).await;
    let met: BTreeSet<_> = changes.iter().map(|change| change.entry.0).collect();
    assert_eq!((changes.len(), met.len()), (10101, 10101));
}

#[tokio::test]
async fn what_an_agent_is_told_is_read_without_what_all_others_write() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    let mut position = now(&shop).await;
    shop.database
        .run(
            "insert into entries (id, at, format, kind, actor_kind, agent_id, detail, leaf)
             select gen_random_uuid(), told_now(), 1, 'cancelled', 'agent', a.id, '{}', sha256('')
             from generate_series(1, 12000), agents a where a.slug = 'returns'",
        )
        .await;
    shop.governance.ask(&other, "theirs", note("theirs")).await.unwrap();
    shop.ask(note("mine")).await;
    let id = shop.approved_refund().await;
    shop.governance.stop(&shop.auditor, Some("support"), "").await.unwrap();
    shop.governance.stop(&shop.auditor, None, "").await.unwrap();
    let me = shop.governance.know_yourself(&shop.key).await.unwrap().agent.id;
    let mut met = Vec::new();
    for _ in 0..200 {
        let read = shop.governance.changes_of(me, position).await.unwrap();
        assert!(!read.more && read.changes.len() <= 3, "no more is read than is told");
        position = read.next;
        met.extend(read.changes);
        if met.len() == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let met: Vec<_> = met.into_iter().map(|change| (change.kind, change.agent, change.request)).collect();
    assert_eq!(
        met,
        [(Kind::Approved, Some(me), Some(id)), (Kind::Stopped, Some(me), None), (Kind::Stopped, None, None)]
    );
}
