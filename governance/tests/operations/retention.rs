//! Entries and requests are kept as long as their agent's permissions say, and go then with all that belongs to them.

use chrono::{DateTime, Utc};
use domain::{agent::Mode, id::RequestId, state::Outcome};
use governance::{Feedback, FeedbackKind, Governance};
use serde_json::json;

use crate::support::{For, Shop, at_once, gift, id_of, note, refund};

const DAY: i64 = 86_400;

/// A shop whose agent's entries are kept for 183 days.
async fn open() -> Shop {
    let shop = Shop::open().await;
    shop.publish(|set| set.audit_logging.keep_days = 183).await;
    shop
}

/// All that has come is counted, as if the job had been at it all along.
async fn count_all(shop: &Shop) {
    let left = "select count(*) from entries e, consumers c where (e.xid, e.id) > (c.xid, c.entry_id)";
    for _ in 0..400 {
        shop.governance.count_entries().await.unwrap();
        if shop.database.count(left).await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("not all is counted");
}

async fn retain(shop: &Shop) {
    count_all(shop).await;
    assert_eq!(shop.governance.retain().await.unwrap(), None);
}

async fn days_later(shop: &Shop, days: i64) {
    shop.pass_time(days * DAY).await;
    shop.governance.pass_deadlines().await.unwrap();
    retain(shop).await;
}

/// How many rows of each table are about a request.
async fn rows_of(shop: &Shop, id: RequestId) -> i64 {
    shop.database
        .count(format!(
            "select (select count(*) from requests where id = '{id}') + (select count(*) from entries where request_id = '{id}')
                + (select count(*) from approvals where request_id = '{id}') + (select count(*) from feedback where request_id = '{id}')
                + (select count(*) from breaches where request_id = '{id}')"
        ))
        .await
}

async fn is_kept(shop: &Shop, id: RequestId) -> bool {
    let rows = rows_of(shop, id).await;
    assert!(rows == 0 || shop.governance.request(&shop.admin, id).await.is_ok(), "{rows}");
    rows > 0
}

async fn succeeded(shop: &Shop, amount: &str) -> RequestId {
    let asked = shop.ask(refund(amount)).await;
    shop.report(asked.id, &asked.grant.unwrap().token, Outcome::Succeeded).await.unwrap();
    asked.id
}

async fn feedback(shop: &Shop, id: RequestId, kind: FeedbackKind) {
    let feedback = Feedback { kind, score: None, note: "said by omar".to_owned() };
    shop.governance.give_feedback(&shop.key, None, id, &feedback).await.unwrap();
}

/// One whose life has left something in every table.
async fn full_life(shop: &Shop) -> RequestId {
    let id = shop.approved_refund().await;
    let token = shop.claim(id).await.unwrap().grant.token;
    shop.report(id, "wrong", Outcome::Succeeded).await.unwrap_err();
    let breach = shop.database.count("select count(*) from breaches where settled_at is null").await;
    assert_eq!(breach, 1);
    let until: DateTime<Utc> =
        sqlx::query_scalar("select max(at) from breaches").fetch_one(&shop.database.owner).await.unwrap();
    shop.governance.settle_breaches(&shop.operator, "support", (until, 1), "looked into").await.unwrap();
    shop.report(id, &token, Outcome::Succeeded).await.unwrap();
    feedback(shop, id, FeedbackKind::Quality).await;
    id
}

#[tokio::test]
async fn what_was_kept_for_its_days_goes_with_all_that_belongs_to_it_and_nothing_else_does() {
    let shop = open().await;
    let old = [full_life(&shop).await, shop.ask(note("hello")).await.id, shop.ask(refund("900.00")).await.id];
    shop.governance.stop(&shop.ana, Some("support"), "a test").await.unwrap();
    shop.release(Some("support"), "well").await;
    shop.governance.stop(&shop.ana, None, "a test").await.unwrap();
    shop.release(None, "well").await;
    days_later(&shop, 100).await;
    let young = succeeded(&shop, "41.00").await;
    days_later(&shop, 83).await;
    for id in old {
        assert!(is_kept(&shop, id).await, "the last day is not over");
    }
    assert_eq!(shop.entries("deleted").await.len(), 0);

    let counts = "select sum(allowed + denied + needs_approval)::bigint from agent_counts";
    let counted = shop.database.count(counts).await;
    days_later(&shop, 1).await;
    for id in old {
        assert!(!is_kept(&shop, id).await);
    }
    assert!(is_kept(&shop, young).await);
    assert_eq!(shop.database.count(counts).await, counted, "what was counted stays");
    let beside = "select count(*) from personal p left join entries e on e.id = p.entry_id where e.id is null";
    assert_eq!(shop.database.count(beside).await, 0);
    assert_eq!(shop.database.count("select count(*) from personal where body like '%said by omar%'").await, 0);

    let said = shop.entries("deleted").await;
    assert_eq!(said.len(), 2, "{said:?}");
    assert_eq!((&said[0]["requests"], &said[0]["entries"]), (&json!(3), &json!(9)));
    assert_eq!(said[1]["requests"], json!(0));
    for (kind, stays) in [("published", 2), ("mode_changed", 0), ("key_created", 0)] {
        assert_eq!(shop.entries(kind).await.len(), stays, "{kind}");
    }
    assert_eq!(shop.entries("stopped").await.len(), 1, "that of everything");
    assert_eq!(shop.governance.verify(&shop.auditor).await.unwrap().broken, []);

    // The same key is a new intent by now.
    days_later(&shop, 300).await;
    assert!(!is_kept(&shop, young).await);
    retain(&shop).await;
    assert_eq!(shop.entries("deleted").await.len(), 3);
}

#[tokio::test]
async fn what_is_not_over_stays_until_it_is() {
    let shop = open().await;
    let granted = shop.ask(refund("40.00")).await;
    let waiting = shop.waiting(gift()).await;
    let (complained, breached) = (succeeded(&shop, "41.00").await, shop.ask(refund("901.00")).await.id);
    feedback(&shop, complained, FeedbackKind::Complaint).await;
    shop.report(breached, "none", Outcome::Succeeded).await.unwrap_err();
    let open = [granted.id, waiting, complained, breached];
    shop.pass_time(400 * DAY).await;
    retain(&shop).await;
    for id in open {
        assert!(is_kept(&shop, id).await);
    }

    shop.governance.pass_deadlines().await.unwrap();
    shop.governance.settle(&shop.operator, granted.id, Outcome::Failed, "looked").await.unwrap();
    shop.governance.resolve_complaint(&shop.operator, complained, "paid").await.unwrap();
    let until: DateTime<Utc> =
        sqlx::query_scalar("select max(at) from breaches").fetch_one(&shop.database.owner).await.unwrap();
    shop.governance.settle_breaches(&shop.operator, "support", (until, 1), "looked into").await.unwrap();
    days_later(&shop, 183).await;
    for id in open {
        assert!(is_kept(&shop, id).await, "the last entry about it counts");
    }
    shop.pass_time(7201).await;
    days_later(&shop, 184).await;
    for id in open {
        assert!(!is_kept(&shop, id).await);
    }
}

#[tokio::test]
async fn what_a_limit_still_counts_stays() {
    let shop = Shop::open().await;
    shop.publish(|set| {
        set.audit_logging.keep_days = 183;
        let year = json!({ "kind": "count", "most": 1, "window": { "per": "customer", "within_s": 366 * DAY } });
        let limit = serde_json::from_value(year).unwrap();
        set.action_scope.allow.get_mut("order.refund").unwrap().limits.push(limit);
    })
    .await;
    let id = succeeded(&shop, "40.00").await;
    days_later(&shop, 365).await;
    assert!(is_kept(&shop, id).await);
    assert_eq!(shop.ask(refund("40.00")).await.decision, "denied");
    days_later(&shop, 3).await;
    assert!(!is_kept(&shop, id).await);
    assert_eq!(shop.ask(refund("40.00")).await.decision, "allowed");
}

#[tokio::test]
async fn permissions_that_are_not_understood_delete_nothing() {
    let shop = open().await;
    let id = succeeded(&shop, "40.00").await;
    shop.pass_time(2000 * DAY).await;
    count_all(&shop).await;
    for days in ["182", "0", "-400", "\"a year\"", "null", "{}", "183.5"] {
        let set = format!(
            "update permission_sets set body = jsonb_set(body, '{{audit_logging,keep_days}}', '{days}');
             update control set revision = revision + 1, nonce = gen_random_uuid()"
        );
        shop.database.run(set).await;
        shop.governance.retain().await.unwrap();
        assert!(is_kept_row(&shop, id).await, "{days}");
    }
    // What SQL could read and Reins cannot.
    shop.database
        .run(
            "update permission_sets set body = jsonb_set(body, '{audit_logging,keep_days}', '183') || '{\"newer\": true}';
             update control set revision = revision + 1, nonce = gen_random_uuid()",
        )
        .await;
    shop.governance.retain().await.unwrap();
    assert!(is_kept_row(&shop, id).await);
    shop.database
        .run("update permission_sets set body = body - 'newer'; update control set revision = revision + 1, nonce = gen_random_uuid()")
        .await;
    shop.governance.retain().await.unwrap();
    assert!(!is_kept_row(&shop, id).await);
}

async fn is_kept_row(shop: &Shop, id: RequestId) -> bool {
    shop.database.count(format!("select count(*) from requests where id = '{id}'")).await == 1
}

#[tokio::test]
async fn what_is_held_stays_until_it_is_released() {
    let shop = open().await;
    shop.second_agent("returns").await;
    let (omar, yara) = (succeeded(&shop, "40.00").await, shop.ask(note("hi").of("YARA")).await.id);
    days_later(&shop, 183).await;
    let by = id_of(&shop.admin);
    let hold = |of: &str, whose: &str| {
        format!(
            "insert into holds (id, {of}, why, placed_by, placed_at)
             select gen_random_uuid(), {of}, 'a lawsuit', '{by}', told_now() from requests where id = '{whose}'"
        )
    };
    let (on_agent, on_customer) = (hold("agent_id", &omar.to_string()), hold("customer_folded", &yara.to_string()));
    let release = format!(
        "update holds set released_at = told_now(), released_by = '{by}', released_why = 'over' where released_at is null"
    );

    // Somebody is just having it held: nothing is deleted before that is known.
    let mut placing = shop.database.owner.begin().await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(on_agent)).execute(&mut *placing).await.unwrap();
    shop.pass_time(2 * DAY).await;
    count_all(&shop).await;
    assert!(shop.governance.retain().await.is_err());
    placing.commit().await.unwrap();
    retain(&shop).await;
    assert!(is_kept(&shop, omar).await && is_kept(&shop, yara).await);
    shop.database.run(&release).await;

    shop.database.run(on_customer).await;
    retain(&shop).await;
    assert!(!is_kept(&shop, omar).await && is_kept(&shop, yara).await);
    shop.database.run(&release).await;
    retain(&shop).await;
    assert!(!is_kept(&shop, yara).await);
}

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
async fn an_agent_in_shadow_or_retired_is_kept_as_long_as_any() {
    let shop = open().await;
    let id = succeeded(&shop, "40.00").await;
    shop.governance.set_mode(&shop.admin, "support", Mode::Shadow, "a trial").await.unwrap();
    let shadowed = shop.ask(refund("40.00")).await.id;
    shop.governance.set_mode(&shop.admin, "support", Mode::Retired, "done").await.unwrap();
    days_later(&shop, 183).await;
    assert!(is_kept(&shop, id).await && is_kept(&shop, shadowed).await);
    days_later(&shop, 2).await;
    assert!(!is_kept(&shop, id).await && !is_kept(&shop, shadowed).await);
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
