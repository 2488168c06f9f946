//! Pages: each reads with one connection at a time, and none reads whole tables.

use std::time::Duration;

use domain::authoring::draft::Side;
use governance::{Pools, Result};

use crate::support::{Shop, measured, refund};

#[tokio::test]
async fn no_page_needs_two_connections_at_once() {
    let shop = Shop::open().await;
    let id = shop.waiting(refund("80.00")).await;
    let granted = shop.ask(refund("40.00")).await;
    shop.report(granted.id, &granted.grant.unwrap().token, domain::state::Outcome::Succeeded).await.unwrap();
    let governance = shop.replica_with(Pools { decisions: 1, controls: 1, pages: 1 });
    let who = &shop.operator;
    let filter = Default::default();
    let answers: Vec<(&str, Result<()>)> = vec![
        ("frame", governance.frame(who).await.map(drop)),
        ("today", governance.today(who).await.map(drop)),
        ("approvals", governance.approvals(who, &Default::default()).await.map(drop)),
        ("request", governance.request(who, id).await.map(drop)),
        ("agents", governance.agents(who).await.map(drop)),
        ("agent", governance.agent(who, "support").await.map(drop)),
        ("days", governance.days(who, "support").await.map(drop)),
        ("stop", governance.stop_page(who).await.map(drop)),
        ("record", governance.record(who, &filter).await.map(drop)),
        ("integrations", governance.integrations(who).await.map(drop)),
        ("queues", governance.queues(who).await.map(drop)),
        ("people", governance.people(&shop.admin).await.map(drop)),
        ("keys", governance.keys(&shop.admin).await.map(drop)),
        ("draft", governance.draft(&shop.admin, "support").await.map(drop)),
        ("look at draft", governance.look_at_draft(&shop.admin, "support").await),
        ("versions", governance.versions(who, "support", None).await.map(drop)),
        ("version", governance.version(who, "support", 1).await.map(drop)),
        ("compare", governance.compare(who, "support", Side::Version(1), Side::Version(1)).await.map(drop)),
        ("impact", governance.impact(who, "support").await.map(drop)),
        ("catalog", governance.catalog(who).await.map(drop)),
        ("action type", governance.action_type(who, "order.refund").await.map(drop)),
        ("export", governance.export_agent(who, "support", None).await.map(drop)),
        ("roll back", governance.roll_back(who, granted.id, "wrong").await),
        ("follow", governance.follow(&shop.key, id).await.map(drop).map_err(|_| governance::Error::Unavailable)),
        ("refused", governance.approve(&shop.lee, id, "", "").await.or(Ok(()))),
    ];
    for (page, answer) in answers {
        assert!(answer.is_ok(), "{page}: {answer:?}");
    }
}

#[tokio::test]
async fn a_day_is_as_long_as_it_is_in_the_brands_time_zone() {
    let shop = Shop::open().await;
    let id = shop.ask(refund("40.00")).await.id;
    // A zone whose summer time ended five days ago: that day had 25 hours.
    shop.database
        .run(format!(
            "update control set time_zone = format('WIN0SUM,%s/2,%s/2',
                 (extract(doy from told_now() - interval '100 days') - 1), (extract(doy from told_now() - interval '5 days') - 1));
             update entries set at = (told_now()::date - 5) + interval '23 hours 30 minutes'
             where request_id = '{id}'"
        ))
        .await;
    let days = shop.governance.days(&shop.auditor, "support").await.unwrap();
    let allowed: Vec<u32> = days.iter().map(|day| day.allowed).filter(|n| *n > 0).collect();
    assert_eq!((days.len(), allowed), (30, vec![1]));
}

/// Whoever follows waits for what they read; people do not wait behind them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_who_poll_leave_people_their_connections() {
    let shop = Shop::open().await;
    let id = shop.ask(refund("40.00")).await.id;
    let governance = shop.replica_with(Pools { pages: 6, ..Pools::default() });
    governance.people(&shop.admin).await.unwrap();
    let mut holds = shop.database.owner.begin().await.unwrap();
    sqlx::query("lock table approvals in access exclusive mode").execute(&mut *holds).await.unwrap();

    let polls: Vec<_> = (0..20)
        .map(|_| {
            let (governance, key) = (governance.clone(), shop.key.clone());
            tokio::spawn(async move { governance.follow(&key, id).await.is_ok() })
        })
        .collect();
    let stuck = "select count(*) from pg_locks where not granted and relation = 'approvals'::regclass";
    let wait = async {
        while shop.database.count(stuck).await < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap();
    let (people, took) = measured(governance.people(&shop.admin)).await;
    assert!(people.is_ok(), "{people:?} after {took:?}");
    assert_eq!(shop.database.count(stuck).await, 2);
    holds.rollback().await.unwrap();
    for poll in polls {
        assert!(poll.await.unwrap());
    }
}
