//! The record: written once, readable in pages, and out of reach for the server's own role.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::{entry::Kind, id::EntryId, json, role::Role, state::State, view::RecordFilter};
use governance::Error;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::support::{For, Shop, id_of, measured, note, refund};

/// The code that PostgreSQL refuses this with.
async fn refused_with(session: &mut PgConnection, sql: &str) -> String {
    match session.execute(AssertSqlSafe(sql.to_owned())).await {
        Ok(done) => format!("done, {} rows", done.rows_affected()),
        Err(error) => error.as_database_error().and_then(|e| e.code()).unwrap_or_default().into_owned(),
    }
}

/// The tables that the entries lie in, that of the last month at the end.
async fn partitions(shop: &Shop) -> Vec<String> {
    let names = sqlx::query_scalar(
        "select relname::text from pg_class where relispartition and relkind = 'r' order by relname = 'entries_default' desc, relname",
    );
    names.fetch_all(&shop.database.owner).await.unwrap()
}

const INSUFFICIENT_PRIVILEGE: &str = "42501";

#[tokio::test]
async fn the_servers_role_cannot_change_the_record_nor_the_schema() {
    let shop = Shop::open().await;
    shop.ask(refund("40.00")).await;
    let mut session = shop.database.server_session().await;
    let partitions = partitions(&shop).await;
    assert!(partitions.len() >= 3, "{partitions:?}");

    let mut forbidden: Vec<String> = [
        "update personal set body = '{}'",
        "delete from personal",
        "update permission_sets set body = '{}'",
        "delete from permission_sets",
        "update action_types set body = '{}'",
        "delete from action_types",
        "delete from agents",
        "delete from control",
        "insert into control (id, grant_secret) values (1, '')",
        "update control set grant_secret = ''",
        "update _sqlx_migrations set success = false",
        "delete from _sqlx_migrations",
        "drop table requests",
        "alter table entries drop column detail",
        "create table mine (id int)",
        "create index on entries (action)",
        "create function mine() returns int language sql as 'select 1'",
        "create or replace rule nothing as on insert to entries do instead nothing",
        "alter table entries disable trigger all",
        "set session_replication_role = replica",
        "set role reins_test_owner",
        "create schema mine",
    ]
    .map(str::to_owned)
    .into();
    for table in partitions.iter().map(String::as_str).chain(["entries"]) {
        for what in ["update {} set detail = '{{}}'", "delete from {}", "truncate {}", "drop table {}"] {
            forbidden.push(what.replacen("{}", table, 1).replace("{{}}", "{}"));
        }
    }
    for sql in forbidden {
        assert_eq!(refused_with(&mut session, &sql).await, INSUFFICIENT_PRIVILEGE, "{sql}");
    }
}

#[tokio::test]
async fn partitions_that_are_made_later_are_out_of_reach_too() {
    let shop = Shop::open().await;
    let last = partitions(&shop).await.pop().unwrap();
    shop.database.run(format!("drop table {last}")).await;
    assert!(shop.governance.make_room().await.unwrap());
    // Bringing the schema up to date again gives no more away either.
    shop.database.run("select grant_server('reins_test_server')").await;
    let mut session = shop.database.server_session().await;
    let sql = format!("delete from {last}");
    assert_eq!(refused_with(&mut session, &sql).await, INSUFFICIENT_PRIVILEGE);
}

#[tokio::test]
async fn entries_beyond_the_last_partition_do_not_break_tidying() {
    let shop = Shop::open().await;
    let last = partitions(&shop).await.pop().unwrap();
    shop.database.run(format!("drop table {last}")).await;
    let insert = "insert into entries (id, at, format, kind, actor_kind, detail, leaf)
                  values (gen_random_uuid(), told_now() + interval '2 months', 1, 'refused', 'system', '{}', sha256(''))";
    shop.database.run(insert).await;
    assert!(shop.governance.make_room().await.unwrap());
    assert_eq!(shop.entries("refused").await.len(), 1);
}

#[tokio::test]
async fn room_for_a_month_is_not_waited_for_beside_a_long_reader() {
    let shop = Shop::open().await;
    let last = partitions(&shop).await.pop().unwrap();
    shop.database.run(format!("drop table {last}")).await;
    // As `pg_dump` does it.
    let mut reader = shop.database.owner.acquire().await.unwrap();
    reader.execute("begin; lock table entries, entries_default in access share mode").await.unwrap();

    let making = tokio::spawn({
        let governance = shop.governance.clone();
        async move { measured(governance.make_room()).await }
    });
    let (asked, took) = measured(shop.ask(refund("40.00"))).await;
    assert_eq!(asked.state, State::Granted);
    assert!(took < Duration::from_secs(1), "{took:?}");
    let (stopped, took) = measured(shop.governance.stop(&shop.ana, None, "")).await;
    stopped.unwrap();
    assert!(took < Duration::from_secs(1), "{took:?}");
    let (made, took) = making.await.unwrap();
    assert!(!made.unwrap() && took < Duration::from_secs(1), "{took:?}");
    assert!(!partitions(&shop).await.contains(&last));

    reader.execute("rollback").await.unwrap();
    assert!(shop.governance.make_room().await.unwrap());
    assert!(partitions(&shop).await.contains(&last));
}

#[tokio::test]
async fn personal_data_lies_beside_the_entry_under_a_salted_hash() {
    let shop = Shop::open().await;
    let mut ask = refund("40.00");
    ask.input = Some("Größe \u{1F600} \u{200B}".to_owned());
    shop.ask(ask).await;
    let rows: Vec<(Vec<u8>, Vec<u8>, String, Value)> = sqlx::query_as(
        "select e.personal_hash, p.salt, p.body, e.detail from entries e join personal p on p.entry_id = e.id",
    )
    .fetch_all(&shop.database.owner)
    .await
    .unwrap();
    let salts: BTreeSet<&Vec<u8>> = rows.iter().map(|row| &row.1).collect();
    assert_eq!(salts.len(), rows.len());
    for (hash, salt, body, detail) in &rows {
        let expected = Sha256::new().chain_update(salt).chain_update(body).finalize();
        assert_eq!(&hash[..], &expected[..]);
        let read: Value = serde_json::from_str(body).unwrap();
        assert_eq!(json::canonical(&read).unwrap(), *body);
        assert_eq!(salt.len(), 32);
        assert!(!detail.to_string().contains("omar"), "{detail}");
    }
    assert!(rows.iter().any(|row| row.2.contains("\"input\":\"Größe \u{1F600} \u{200B}\"")));
    let without =
        "select count(*) from entries where personal_hash is not null and id not in (select entry_id from personal)";
    assert_eq!(shop.database.count(without).await, 0);
}

#[tokio::test]
async fn what_layer_four_does_not_record_is_not_kept() {
    let shop = Shop::open().await;
    shop.publish(|set| set.audit_logging.record.reasoning = false).await;
    shop.ask(refund("40.00")).await;
    assert_eq!(shop.database.count("select count(*) from personal where body like '%policy allows%'").await, 0);
}

#[tokio::test]
async fn the_record_is_filtered_by_all_that_is_set() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    let ours = shop.ask(refund("40.00")).await.id;
    shop.ask(note("hello").of("yara")).await;
    let denied = shop.governance.ask(&other, "k", refund("600.00")).await.unwrap().id;
    let rejected = shop.waiting(refund("80.00")).await;
    shop.reject(&shop.ana, rejected, "no").await.unwrap();

    let all = RecordFilter::default;
    let cases: Vec<(RecordFilter, BTreeSet<Option<domain::id::RequestId>>)> = vec![
        (RecordFilter { agent: Some("returns".to_owned()), kind: Some(Kind::Asked), ..all() }, [Some(denied)].into()),
        (
            RecordFilter { action: Some("order.refund".to_owned()), decision: Some("allowed".to_owned()), ..all() },
            [Some(ours)].into(),
        ),
        (RecordFilter { decision: Some("denied".to_owned()), ..all() }, [Some(denied)].into()),
        (RecordFilter { kind: Some(Kind::Rejected), ..all() }, [Some(rejected)].into()),
        (RecordFilter { person: Some(id_of(&shop.ana)), ..all() }, [Some(rejected)].into()),
        (
            RecordFilter { customer: Some("omar".to_owned()), agent: Some("returns".to_owned()), ..all() },
            [Some(denied)].into(),
        ),
        (RecordFilter { customer: Some("nobody".to_owned()), ..all() }, [].into()),
        (RecordFilter { agent: Some("nobody".to_owned()), ..all() }, [].into()),
        (RecordFilter { before: Some(EntryId(uuid::Uuid::nil())), ..all() }, [].into()),
    ];
    for (filter, expected) in cases {
        let page = shop.governance.record(&shop.auditor, &filter).await.unwrap();
        let found: BTreeSet<_> = page.entries.iter().map(|entry| entry.request).collect();
        assert_eq!(found, expected, "{filter:?}");
    }

    let page = shop.governance.record(&shop.auditor, &all()).await.unwrap();
    let entry = page.entries.iter().find(|entry| entry.request == Some(ours)).unwrap();
    assert_eq!((entry.who.as_str(), entry.sentence.as_deref()), ("Support", Some("Refund $40.00 to `omar`")));
}

/// Half an hour off the full hour, and the days on which clocks are set forth and back.
#[tokio::test]
async fn a_day_of_the_record_is_one_of_the_brands_time_zone() {
    let shop = Shop::open().await;
    let id = shop.ask(note("hello")).await.id;
    for (zone, day, starts, hours) in [
        ("Asia/Kolkata", "2026-11-01", "2026-10-31T18:30:00Z", 24),
        ("Pacific/Auckland", "2026-09-27", "2026-09-26T12:00:00Z", 23),
        ("Pacific/Auckland", "2026-04-05", "2026-04-04T11:00:00Z", 25),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25),
    ] {
        shop.governance.describe_shop(&shop.admin, "A shop", zone).await.unwrap();
        let day: NaiveDate = day.parse().unwrap();
        let starts: DateTime<Utc> = starts.parse().unwrap();
        let (ends, tick) = (starts + TimeDelta::hours(hours), TimeDelta::microseconds(1));
        for (at, is_in) in [(starts - tick, false), (starts, true), (ends - tick, true), (ends, false)] {
            shop.database.run(format!("update entries set at = '{at}' where request_id = '{id}'")).await;
            for (from, to) in [(Some(day), Some(day)), (Some(day), None), (None, Some(day))] {
                let filter = RecordFilter { from, to, kind: Some(Kind::Asked), ..Default::default() };
                let page = shop.governance.record(&shop.auditor, &filter).await.unwrap();
                let expected = is_in || (from.is_none() && at < starts) || (to.is_none() && at >= ends);
                assert_eq!(page.entries.len() == 1, expected, "{zone} {at} {filter:?}");
                assert_eq!(page.time_zone, zone);
            }
        }
    }
    for far in ["-0044-03-15", "+12026-01-01"] {
        let filter = RecordFilter { from: far.parse().ok(), ..Default::default() };
        assert!(filter.from.is_some() && shop.governance.record(&shop.auditor, &filter).await.is_ok());
    }
}

#[tokio::test]
async fn pages_of_the_record_neither_skip_nor_repeat_while_it_grows() {
    let shop = Shop::open().await;
    for n in 0..60 {
        shop.ask(note(&format!("{n}"))).await;
    }
    // Entries of one moment differ in their ids only.
    shop.database.run("update entries set at = date_trunc('minute', at)").await;
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar("select id from entries order by at desc, id desc")
        .fetch_all(&shop.database.owner)
        .await
        .unwrap();

    let mut seen = Vec::new();
    let mut filter = RecordFilter::default();
    loop {
        let page = shop.governance.record(&shop.auditor, &filter).await.unwrap();
        assert!(page.entries.len() <= 50);
        seen.extend(page.entries.iter().map(|entry| entry.id.0));
        shop.ask(note("meanwhile")).await;
        match page.next {
            Some(next) => filter.before = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, ids);
}

#[tokio::test]
async fn reasons_that_were_demanded_can_be_read_again() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    governance.stop(&shop.ana, Some("support"), "why: stopped").await.unwrap();
    shop.release(Some("support"), "why: released").await;
    governance.tighten(&shop.mia, "support", Default::default(), "why: tightened", None).await.unwrap();
    let tightening = governance.agent(&shop.admin, "support").await.unwrap().tightenings[0].id;
    governance.lift(&shop.operator, tightening, "why: lifted").await.unwrap();
    governance.open_breaker(&shop.operator, "shopify", "why: opened").await.unwrap();
    shop.close_breaker("shopify", "why: closed").await.unwrap();
    let (rejected, approved) = (shop.waiting(refund("80.00")).await, shop.waiting(refund("81.00")).await);
    shop.reject(&shop.ana, rejected, "why: rejected").await.unwrap();
    let digest = shop.look_at(approved).await.digest;
    governance.approve(&shop.ben, approved, &digest, "why: approved").await.unwrap();
    let unknown = shop.ask(refund("40.00")).await;
    shop.report(unknown.id, &unknown.grant.unwrap().token, domain::state::Outcome::Unknown).await.unwrap();
    governance.settle(&shop.operator, unknown.id, domain::state::Outcome::Failed, "why: settled").await.unwrap();
    governance.set_mode(&shop.admin, "support", domain::agent::Mode::Shadow, "why: mode").await.unwrap();

    let page = governance.record(&shop.auditor, &RecordFilter::default()).await.unwrap();
    let said = |entry: &domain::view::EntryRow| {
        ["reason", "note"].iter().find_map(|name| Some(entry.detail.get(name)?.as_str()?.to_owned()))
    };
    let told: Vec<String> = page.entries.iter().filter_map(said).filter(|why| why.starts_with("why: ")).collect();
    let all =
        ["mode", "settled", "approved", "rejected", "closed", "opened", "lifted", "tightened", "released", "stopped"];
    assert_eq!(told, all.map(|what| format!("why: {what}")));
}

#[tokio::test]
async fn a_stop_of_everything_is_in_the_record_of_each_agent() {
    let shop = Shop::open().await;
    let other = shop.second_agent("returns").await;
    shop.governance.stop(&shop.ana, Some("support"), "").await.unwrap();
    shop.governance.ask(&other, "k", refund("40.00")).await.unwrap();
    shop.governance.stop(&shop.ana, None, "").await.unwrap();
    shop.release(None, "fine").await;
    let kinds = async |agent: &str| {
        let filter = RecordFilter { agent: Some(agent.to_owned()), ..Default::default() };
        let page = shop.governance.record(&shop.auditor, &filter).await.unwrap();
        page.entries.into_iter().filter_map(|entry| entry.kind).take(3).collect::<Vec<_>>()
    };
    assert_eq!(kinds("returns").await, [Kind::Released, Kind::Stopped, Kind::Asked]);
    assert_eq!(kinds("support").await, [Kind::Released, Kind::Stopped, Kind::Stopped]);
    assert_eq!(kinds("nobody").await, []);
}

#[tokio::test]
async fn what_somebody_may_not_do_is_recorded_with_their_name() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let auditor = &shop.auditor;
    let stop = governance.stop(&shop.ben, None, "").await.unwrap().id;
    let refusals = [
        governance.release(auditor, stop, 0, "no").await.err(),
        governance.set_mode(auditor, "support", domain::agent::Mode::Retired, "no").await.err(),
        governance.open_breaker(auditor, "shopify", "no").await.err(),
        governance.tighten(auditor, "support", Default::default(), "no", None).await.err(),
        governance.people(auditor).await.err(),
        governance.keys(auditor).await.err(),
        governance.add_queue(auditor, "mine", "Mine").await.err(),
        governance.add_member(auditor, "legal", id_of(auditor)).await.err(),
        governance.apply(auditor, &crate::support::support_file(), "mine", &[], false).await.err(),
        governance.create_key(auditor, "support", domain::view::KeyKind::Agent, "mine").await.err(),
        governance
            .change_person(auditor, id_of(auditor), domain::role::Role::Auditor, domain::role::Role::Admin, 9)
            .await
            .err(),
        governance.sync_customers(auditor, &[]).await.err(),
        governance.describe_shop(auditor, "Mine", "UTC").await.err(),
    ];
    for (n, refusal) in refusals.iter().enumerate() {
        assert!(matches!(refusal, Some(Error::Forbidden)), "{n}: {refusal:?}");
    }
    let filter = RecordFilter { kind: Some(Kind::Refused), person: Some(id_of(auditor)), ..Default::default() };
    let page = governance.record(auditor, &filter).await.unwrap();
    assert_eq!(page.entries.len(), refusals.len());
    assert!(page.entries.iter().all(|entry| entry.who == "Aud"));
    assert!(page.entries.iter().any(|entry| entry.detail == json!({ "what": "release what is stopped" })));
}

#[tokio::test]
async fn what_cannot_be_recorded_as_refused_is_refused_all_the_same() {
    let shop = Shop::open().await;
    let stop = shop.governance.stop(&shop.ben, None, "").await.unwrap().id;
    shop.database.break_inserts("entries", "true").await;
    let released = shop.governance.release(&shop.auditor, stop, 0, "no").await;
    assert!(matches!(released, Err(Error::Unavailable)), "{released:?}");
    let people = shop.governance.people(&shop.auditor).await;
    assert!(matches!(people, Err(Error::Unavailable)), "{people:?}");
    shop.database.mend_inserts("entries").await;
    assert!(shop.governance.stop_page(&shop.ben).await.unwrap().everything.is_some(), "it holds all the same");
}

#[tokio::test]
async fn the_record_says_by_name_whom_a_change_was_about() {
    let shop = Shop::open().await;
    let (governance, admin) = (&shop.governance, &shop.admin);
    let ida = shop.person("Ida", Role::Admin).await;
    let nora = governance.add_person(admin, "nora@shop.example", "Nora", Role::Reviewer, "a horse and a battery");
    let (nora, _) = nora.await.unwrap();
    let queue = governance.queues(admin).await.unwrap()[0].slug.clone();
    governance.add_member(admin, &queue, nora).await.unwrap();
    governance.need_two_to_publish(admin).await.unwrap();
    governance.change_person(admin, nora, Role::Reviewer, Role::Admin, 0).await.unwrap();
    let proposed = governance.proposed_changes(&ida).await.unwrap()[0].head.id;
    governance.withdraw_change(&ida, proposed).await.unwrap();

    let page = governance.record(&shop.auditor, &RecordFilter::default()).await.unwrap();
    let detail = |kind| page.entries.iter().find(|entry| entry.kind == Some(kind)).unwrap().detail.clone();
    assert_eq!(detail(Kind::PersonAdded)["person"], "Nora");
    assert_eq!(detail(Kind::QueueChanged)["person"], "Nora");
    assert_eq!(detail(Kind::ChangeProposed)["change"]["person"], "Nora");
    assert_eq!(detail(Kind::ChangeTurnedDown)["subject"], "person Nora");
    assert_eq!(shop.entries("queue_changed").await.last().unwrap()["person"], nora.0.to_string());
}
