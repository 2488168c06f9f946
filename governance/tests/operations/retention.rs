//! Entries and requests are kept as long as their agent's permissions say, and go then with all that belongs to them.

use chrono::{DateTime, Utc};
use domain::{agent::Mode, id::RequestId, state::Outcome};
use governance::{Feedback, FeedbackKind};
use serde_json::json;

pub use super::counts::count_all;
use crate::support::{For, Shop, gift, id_of, note, refund};

pub const DAY: i64 = 86_400;

/// A shop whose agent's entries are kept for 183 days.
pub async fn open() -> Shop {
    let shop = Shop::open().await;
    shop.publish(|set| set.audit_logging.keep_days = 183).await;
    shop
}

pub async fn retain(shop: &Shop) {
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

pub async fn is_kept(shop: &Shop, id: RequestId) -> bool {
    let rows = rows_of(shop, id).await;
    assert!(rows == 0 || shop.governance.request(&shop.admin, id).await.is_ok(), "{rows}");
    rows > 0
}

pub async fn succeeded(shop: &Shop, amount: &str) -> RequestId {
    let asked = shop.ask(refund(amount)).await;
    shop.report(asked.id, &asked.grant.unwrap().token, Outcome::Succeeded).await.unwrap();
    asked.id
}

async fn feedback(shop: &Shop, id: RequestId, kind: FeedbackKind) {
    let feedback = Feedback { kind, score: None, note: "said by omar".to_owned() };
    shop.governance.give_feedback(&shop.key, None, id, &feedback).await.unwrap();
}

#[tokio::test]
async fn what_fails_of_one_agent_keeps_no_others() {
    let shop = open().await;
    let other = shop.second_agent("returns").await;
    shop.governance.ask(&other, "one", note("hello")).await.unwrap();
    let kept = shop.ask(note("hello")).await.id;
    shop.database
        .run(format!(
            "create function no() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
             create trigger no before delete on requests for each row when (old.id = '{kept}') execute function no()"
        ))
        .await;
    shop.pass_time(900 * DAY).await;
    count_all(&shop).await;
    let left = shop.governance.retain().await.unwrap().unwrap();
    assert!(left.contains("what is due of support is left for now"), "{left}");
    let requests: Vec<uuid::Uuid> =
        sqlx::query_scalar("select id from requests").fetch_all(&shop.database.owner).await.unwrap();
    assert_eq!(requests, [kept.0]);
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

    let run = |ago: &str| {
        format!(
            "insert into impact_runs (id, agent_id, draft_id, draft_revision, source, started_by, started_at, state, seen_at)
             select gen_random_uuid(), id, id, 1, 'record', '{}', told_now() - interval '{ago}', 'failed', told_now() from agents",
            id_of(&shop.admin)
        )
    };
    shop.database.run(run("1 day")).await;
    shop.database.run(run("155 days")).await;
    let counts = "select sum(allowed + denied + needs_approval)::bigint from agent_counts";
    let counted = shop.database.count(counts).await;
    days_later(&shop, 1).await;
    for id in old {
        assert!(!is_kept(&shop, id).await);
    }
    assert!(is_kept(&shop, young).await);
    assert_eq!(shop.database.count(counts).await, counted, "what was counted stays");
    assert_eq!(
        shop.database.count("select count(*) from impact_runs").await,
        1,
        "one of them could tell of what is gone"
    );
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
        let set = format!("update permission_sets set body = jsonb_set(body, '{{audit_logging,keep_days}}', '{days}')");
        shop.database.run(set).await;
        shop.governance.retain().await.unwrap();
        assert!(is_kept_row(&shop, id).await, "{days}");
    }
    // What SQL could read and Reins cannot; each replica reads a version once.
    shop.database
        .run(
            "update permission_sets set body = jsonb_set(body, '{audit_logging,keep_days}', '183') || '{\"newer\": true}'",
        )
        .await;
    shop.replica().retain().await.unwrap();
    assert!(is_kept_row(&shop, id).await);
    shop.database.run("update permission_sets set body = body - 'newer'").await;
    shop.replica().retain().await.unwrap();
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
