//! What was kept long enough is deleted beside all else, once, and by nobody who says that it is due.

use governance::Governance;

use super::retention::{DAY, count_all, is_kept, open, retain, succeeded};
use crate::support::{at_once, measured, note, refund};

#[tokio::test]
async fn what_follows_the_record_misses_nothing() {
    let shop = open().await;
    let id = shop.ask(note("hello")).await.id;
    shop.pass_time(400 * DAY).await;
    shop.governance.retain().await.unwrap();
    assert!(is_kept(&shop, id).await, "it was not counted yet");
    let start = shop.governance.feed_position().await.unwrap();
    retain(&shop).await;
    assert!(!is_kept(&shop, id).await);
    // Whoever goes on after what is gone meets all that came since.
    let next = shop.ask(note("next")).await.id;
    let mut seen = Vec::new();
    for _ in 0..400 {
        seen = shop.governance.changes(start).await.unwrap().changes;
        if seen.iter().any(|change| change.request == Some(next)) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert!(seen.iter().any(|change| change.request == Some(next)), "{seen:?}");
    count_all(&shop).await;
    let counted = shop.database.count("select sum(allowed)::bigint from agent_counts").await;
    assert_eq!(counted, 2);
}

#[tokio::test]
async fn a_clock_that_jumps_forward_deletes_hardly_more_than_one_that_does_not() {
    let shop = open().await;
    let id = succeeded(&shop, "40.00").await;
    count_all(&shop).await;
    // As if all of it had happened 181 days before the clock jumped forward by 182.
    shop.database
        .run(
            "update control set demo = false; update requests set asked_at = asked_at - interval '363 days';
             update entries set at = at - interval '363 days' where request_id is not null;
             update retention set at = at - interval '182 days', moved_at = moved_at - interval '182 days'",
        )
        .await;
    let hour = "update retention set moved_at = moved_at - interval '1 hour'";
    for _ in 0..13 {
        let left = shop.governance.retain().await.unwrap().unwrap();
        assert!(left.contains("the last 18"), "{left}");
        // Nothing comes of calling it again and again.
        shop.governance.retain().await.unwrap();
        assert!(is_kept(&shop, id).await);
        shop.database.run(hour).await;
    }
    let moved = "select extract(epoch from told_now() - at)::bigint / 3600 from retention";
    assert_eq!(shop.database.count(moved).await, 182 * 24 - 2 * 13);
    for _ in 0..25 {
        shop.governance.retain().await.unwrap();
        shop.database.run(hour).await;
    }
    assert!(!is_kept(&shop, id).await, "the clock was right after all");
    shop.database.run("update retention set at = told_now() + interval '1 day'").await;
    shop.governance.retain().await.unwrap();
    assert_eq!(shop.database.count(moved).await, 0, "one that goes back is followed at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_delete_at_once_delete_and_say_it_once() {
    let shop = open().await;
    let asks = (0..300).map(|n| {
        let (governance, key) = (shop.governance.clone(), shop.key.clone());
        async move { drop(governance.ask(&key, &format!("key {n}"), note("x")).await.unwrap()) }
    });
    at_once(asks).await;
    shop.database
        .run(
            "insert into requests (id, agent_id, idempotency_key, body_digest, action, state, decision, answer, digest, body_entry,
                sentence, asked_at, changed_at)
             select gen_random_uuid(), agent_id, n || idempotency_key, body_digest, action, state, decision, answer, digest, body_entry,
                sentence, asked_at, changed_at
             from requests cross join generate_series(1, 10) n",
        )
        .await;
    shop.pass_time(200 * DAY).await;
    count_all(&shop).await;
    let retaining = |governance: Governance| async move { governance.retain().await.unwrap() };
    at_once([shop.replica(), shop.replica(), shop.governance.clone()].map(retaining)).await;
    assert_eq!(shop.database.count("select count(*) from requests").await, 0);
    let said = shop.entries("deleted").await;
    let sum: u64 = said.iter().map(|said| said["requests"].as_u64().unwrap()).sum();
    assert_eq!(sum, 3300);
    assert!(said.len() > 5, "in parts");
}

#[tokio::test]
async fn nobody_who_asks_or_stops_waits_for_what_is_deleted() {
    let shop = open().await;
    let id = shop.ask(note("hello")).await.id;
    shop.pass_time(200 * DAY).await;
    count_all(&shop).await;
    let mut session = shop.database.server_session().await;
    sqlx::query("select move_retention_on()").execute(&mut session).await.unwrap();
    let mut tx = sqlx::Connection::begin(&mut session).await.unwrap();
    let call = "select requests_gone from agents a cross join delete_requests(a.id, '-infinity', a.id, 500)";
    let gone: i64 = sqlx::query_scalar(call).fetch_one(&mut *tx).await.unwrap();
    assert_eq!(gone, 1);
    let (_, took) = measured(async {
        shop.ask(note("hello")).await;
        let waiting = shop.waiting(refund("80.00")).await;
        shop.approve(&shop.ana, waiting).await.unwrap();
        shop.claim(waiting).await.unwrap();
        shop.governance.stop(&shop.ana, None, "").await.unwrap();
    })
    .await;
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
    tx.rollback().await.unwrap();
    assert!(is_kept(&shop, id).await);
}

#[tokio::test]
async fn the_servers_role_gets_nothing_deleted_that_is_not_due() {
    let shop = open().await;
    let id = succeeded(&shop, "40.00").await;
    count_all(&shop).await;
    let mut session = shop.database.server_session().await;
    let agent: uuid::Uuid = sqlx::query_scalar("select id from agents").fetch_one(&mut session).await.unwrap();
    let mut gone = async |call: &'static str| -> i64 {
        sqlx::query_scalar(call).bind(agent).fetch_one(&mut session).await.unwrap()
    };
    const REQUESTS: &str =
        "select requests_gone from delete_requests($1, '-infinity', '00000000-0000-0000-0000-000000000000', 1000000)";
    const ENTRIES: &str =
        "select entries_gone from delete_entries($1, '-infinity', '00000000-0000-0000-0000-000000000000', 1000000)";
    for call in [REQUESTS, ENTRIES, "select delete_sums($1, 1000000)"] {
        assert_eq!(gone(call).await, 0, "{call}");
    }
    assert!(is_kept(&shop, id).await);
    // Nor by a time that it says itself: its own shop is not made up.
    shop.database.run("update control set demo = false").await;
    for _ in 0..20 {
        sqlx::query("update control set added_up_until = told_now() + interval '30 days'")
            .execute(&mut session)
            .await
            .unwrap();
        sqlx::query("select move_retention_on()").execute(&mut session).await.unwrap();
    }
    let requests: i64 = sqlx::query_scalar(REQUESTS).bind(agent).fetch_one(&mut session).await.unwrap();
    assert_eq!(requests, 0);
    // Tables of its own, of the same names, lead nobody astray.
    for lie in [
        "retention as select 1::smallint as id, 'infinity'::timestamptz as at, 'infinity'::timestamptz as moved_at",
        "requests as table requests",
    ] {
        let sql = format!("create temporary table {lie}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut session).await.unwrap();
    }
    let requests: i64 = sqlx::query_scalar(REQUESTS).bind(agent).fetch_one(&mut session).await.unwrap();
    assert_eq!(requests, 0);
    assert!(is_kept(&shop, id).await);
}
