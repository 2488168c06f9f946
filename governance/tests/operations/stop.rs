//! The stop: what it holds, who may press and release it, and what a release does not revive.

use std::{collections::BTreeSet, time::Duration};

use domain::{state::State, view::StopView};
use governance::{AgentError, Conflict, Error, Pools};
use sqlx::{Connection, Executor, PgConnection};

use crate::support::{For, Shop, at_once, measured, note, refund};

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
            shop.release(slug, "all is well").await;
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
    shop.release(None, "all is well").await;
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
    assert_eq!((first.id, first.by, first.at), (second.id, second.by, second.at));
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
    let governance = &shop.governance;
    let stop = governance.stop(&shop.ben, None, "").await.unwrap().id;
    for who in [&shop.auditor, &shop.ana, &shop.mia] {
        assert!(matches!(governance.release(who, stop, 0, "please").await, Err(Error::Forbidden)));
    }
    assert!(matches!(governance.release(&shop.operator, stop, 0, " \n").await, Err(Error::Invalid(..))));
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
    assert_eq!(shop.entries("refused").await.len(), 3);

    governance.release(&shop.operator, stop, 0, "it was a false alarm").await.unwrap();
    let again = governance.release(&shop.admin, stop, 0, "again").await;
    let over = |again| Conflict::ReleasedAlready { by: "Oli".to_owned(), again };
    assert!(matches!(&again, Err(Error::Conflict(conflict)) if *conflict == over(false)), "{again:?}");
    let unknown = governance.release(&shop.admin, domain::id::StopId(uuid::Uuid::nil()), 0, "again").await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
}

#[tokio::test]
async fn a_release_ends_the_stop_that_was_seen_and_no_later_one() {
    let shop = Shop::open().await;
    for slug in [Some("support"), None] {
        let seen = shop.governance.stop(&shop.ana, slug, "").await.unwrap().id;
        shop.release(slug, "fine").await;
        shop.governance.stop(&shop.ben, slug, "cards stolen, do not release").await.unwrap();
        let stale = shop.governance.release(&shop.admin, seen, 0, "fine").await;
        let over = Conflict::ReleasedAlready { by: "Oli".to_owned(), again: true };
        assert!(matches!(&stale, Err(Error::Conflict(conflict)) if *conflict == over), "{stale:?}");
        assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
        shop.release(slug, "next").await;
    }
}

#[tokio::test]
async fn a_release_ends_a_stop_only_with_all_that_was_said_of_it_seen() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    for slug in [Some("support"), None] {
        let mut seen = governance.stop(&shop.ana, slug, "").await.unwrap();
        let more = async |seen: &StopView| {
            let release = governance.release(&shop.operator, seen.id, seen.said, "drill over").await;
            assert!(matches!(release, Err(Error::Conflict(Conflict::MoreSaid))), "{slug:?}: {release:?}");
            assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
            shop.held(slug).await
        };
        governance.stop(&shop.ben, slug, "").await.unwrap();
        seen = more(&seen).await;
        governance.explain_stop(&shop.ana, seen.id, "it refunds twice").await.unwrap();
        seen = more(&seen).await;
        for n in 0..22 {
            governance.stop(&shop.ben, slug, &format!("do not release: {n}")).await.unwrap();
            seen = more(&seen).await;
        }
        // They have nothing to add, and press all the same.
        for (who, reason) in [(&shop.ben, "do not release: 1"), (&shop.ana, ""), (&shop.ben, "")] {
            governance.stop(who, slug, reason).await.unwrap();
            seen = more(&seen).await;
        }
        governance.release(&shop.operator, seen.id, seen.said, "looked into").await.unwrap();
        assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    }
}

/// Moves the stops that hold back.
async fn pass_seconds(shop: &Shop, seconds: u32) {
    let moved = format!("update stops set engaged_at = engaged_at - interval '{seconds} s' where released_at is null");
    shop.database.run(moved).await;
}

#[tokio::test]
async fn whoever_pressed_takes_that_back_within_a_minute_with_a_reason() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    for slug in [Some("support"), None] {
        let stop = governance.stop(&shop.auditor, slug, "").await.unwrap().id;
        assert!(matches!(governance.release(&shop.auditor, stop, 0, " ").await, Err(Error::Invalid(..))));
        pass_seconds(&shop, 58).await;
        governance.release(&shop.auditor, stop, 0, "my pocket did it").await.unwrap();
        assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);

        let stop = governance.stop(&shop.auditor, slug, "").await.unwrap().id;
        pass_seconds(&shop, 61).await;
        assert!(matches!(governance.release(&shop.auditor, stop, 0, "my pocket did it").await, Err(Error::Forbidden)));
        assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
        shop.release(slug, "it was his pocket").await;
    }
    assert_eq!(shop.entries("refused").await.len(), 2);
}

#[tokio::test]
async fn a_press_is_not_taken_back_once_somebody_else_has_pressed() {
    let shop = Shop::open().await;
    shop.second_agent("returns").await;
    let governance = &shop.governance;
    let everything = None;
    for (mine, theirs) in [(Some("support"), Some("support")), (everything, everything), (Some("support"), everything)]
    {
        let stop = governance.stop(&shop.ana, mine, "").await.unwrap().id;
        governance.stop(&shop.ana, mine, "").await.unwrap();
        governance.stop(&shop.ben, theirs, "").await.unwrap();
        assert!(
            matches!(governance.release(&shop.ana, stop, 0, "oh").await, Err(Error::Forbidden)),
            "{mine:?} {theirs:?}"
        );
        for slug in BTreeSet::from([mine, theirs]) {
            shop.release(slug, "next").await;
        }
    }
    // Presses on the same stop are one entry; another agent's stop is nobody else's business.
    assert_eq!(shop.entries("stop_joined").await.len(), 2);
    let stop = governance.stop(&shop.ana, Some("support"), "").await.unwrap().id;
    governance.stop(&shop.ben, Some("returns"), "").await.unwrap();
    governance.release(&shop.ana, stop, 0, "oh").await.unwrap();
}

#[tokio::test]
async fn the_history_says_who_stopped_and_released_and_why() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    for n in 0..22 {
        governance.stop(&shop.ana, Some("support"), &format!("reason {n}")).await.unwrap();
        shop.release(Some("support"), &format!("release {n}")).await;
    }
    governance.stop(&shop.ben, None, "still").await.unwrap();
    let page = governance.stop_history(&shop.auditor, None).await.unwrap();
    assert_eq!((page.stops.len(), page.stops[0].stop.reason.as_str()), (20, "still"));
    assert_eq!(page.stops[0].release, None);
    let over = page.stops[1].release.as_ref().unwrap();
    let told = (page.stops[1].stop.by.as_str(), &*page.stops[1].stop.reason, over.by.as_str(), &*over.reason);
    assert_eq!(told, ("Ana", "reason 21", "Oli", "release 21"));

    let older = governance.stop_history(&shop.auditor, page.next).await.unwrap();
    assert_eq!((older.stops.len(), older.next), (3, None));
    assert_eq!(older.stops[2].stop.reason, "reason 0");
    let page = governance.stop_page(&shop.auditor).await.unwrap();
    assert_eq!(page.over.len(), 5);
    assert_eq!(page.releasers, ["Oli", "Ada"]);
}

#[tokio::test]
async fn what_may_have_gone_out_stays_until_it_is_reported_or_settled() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    for slug in [Some("support"), None] {
        let page = async || {
            let page = governance.stop_page(&shop.auditor).await.unwrap();
            let support = page.agents.into_iter().next().unwrap();
            assert_eq!(support.outstanding_total as usize, support.outstanding.len());
            support.outstanding.into_iter().map(|row| row.id).collect::<BTreeSet<_>>()
        };
        let (reported, settled) = (shop.ask(refund("40.00")).await, shop.ask(refund("40.00")).await);
        let brief = shop.ask(note("hello")).await.id;
        governance.stop(&shop.ana, slug, "").await.unwrap();
        assert_eq!(page().await, BTreeSet::from([reported.id, settled.id, brief]));

        // The grants are over, and what leaves no trace is nobody's to report.
        shop.pass_times(&[reported.id, settled.id, brief], 40).await;
        assert_eq!(page().await, BTreeSet::from([reported.id, settled.id]));
        let token = reported.grant.unwrap().token;
        shop.report(reported.id, &token, domain::state::Outcome::Succeeded).await.unwrap();
        assert_eq!(page().await, BTreeSet::from([settled.id]));

        shop.release(slug, "fine").await;
        let later = shop.ask(refund("40.00")).await;
        assert_eq!(page().await, BTreeSet::from([settled.id]), "the release ends no doubt");
        shop.pass_time(settled.id, 700).await;
        governance.pass_deadlines().await.unwrap();
        assert_eq!(shop.state(settled.id).await, State::Unknown);
        assert_eq!(page().await, BTreeSet::from([settled.id]));
        let outcome = domain::state::Outcome::Failed;
        governance.settle(&shop.operator, settled.id, outcome, "asked the bank").await.unwrap();
        assert_eq!(page().await, BTreeSet::new());
        let token = later.grant.unwrap().token;
        shop.report(later.id, &token, domain::state::Outcome::Succeeded).await.unwrap();
    }
}

#[tokio::test]
async fn an_agents_own_stop_is_shown_and_released_while_everything_is_stopped() {
    let shop = Shop::open().await;
    let own = shop.governance.stop(&shop.ana, Some("support"), "").await.unwrap();
    shop.governance.stop(&shop.ben, None, "").await.unwrap();
    let page = shop.governance.stop_page(&shop.auditor).await.unwrap();
    assert_eq!(page.agents[0].own.as_ref().map(|stop| stop.id), Some(own.id));
    shop.governance.release(&shop.operator, own.id, own.said, "fine").await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Stopped);
    shop.release(None, "fine").await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
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

    shop.release(Some("support"), "fine").await;
    assert_eq!(shop.state(second).await, State::Waiting);
    shop.approve(&shop.ana, second).await.unwrap();
    assert!(shop.claim(second).await.is_ok());
}

#[tokio::test]
async fn what_was_approved_before_a_stop_is_not_claimed_but_decided_again() {
    let shop = Shop::open().await;
    for slug in [Some("support"), None] {
        let id = shop.approved_refund().await;
        shop.governance.stop(&shop.ben, slug, "").await.unwrap();
        assert!(matches!(shop.claim(id).await, Err(AgentError::Stopped(_))));
        shop.release(slug, "fine").await;
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
    shop.release(None, "fine").await;
    shop.approve(&shop.ben, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Waiting);
    shop.approve(&shop.ana, id).await.unwrap();
    assert_eq!(shop.state(id).await, State::Approved);
}

#[tokio::test]
async fn what_one_agent_has_outstanding_hides_nothing_of_another() {
    let shop = Shop::open().await;
    let quiet = [shop.ask(refund("40.00")).await.id, shop.ask(refund("41.00")).await.id];
    shop.database.run(format!("update requests set state = 'unknown' where id = '{}'", quiet[1])).await;
    let key = shop.second_agent("busy").await;
    let busy = shop.governance.ask(&key, "1", refund("40.00").of("yara")).await.unwrap().id;
    shop.governance.stop(&shop.ana, None, "").await.unwrap();
    shop.database.run("alter table requests disable trigger came_late").await;
    let copies = shop.database.run(format!(
        "insert into requests
         select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', 'copy ' || n,
             'state', (array['granted', 'unknown'])[1 + n % 2], 'changed_at', now()))).*
         from requests r, generate_series(1, 20002) n
         where r.id = '{busy}'"
    ));
    assert_eq!(copies.await, 20_002);
    let page = shop.governance.stop_page(&shop.auditor).await.unwrap();
    let of = |slug: &str| page.agents.iter().find(|agent| agent.row.link.slug == slug).unwrap();
    let shown = BTreeSet::from_iter(of("support").outstanding.iter().map(|row| row.id));
    assert_eq!((of("support").outstanding_total, shown), (2, BTreeSet::from(quiet)));
    assert_eq!(of("busy").outstanding_total, 20_000, "each kind is counted up to a bound");
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
async fn a_press_is_not_taken_back_once_somebody_else_has_said_why() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let said = |stops: &[StopView]| {
        let added = stops[0].added.iter().map(|added| (added.by.clone(), added.reason.clone()));
        added.collect::<Vec<_>>()
    };
    for slug in [Some("support"), None] {
        let stop = governance.stop(&shop.ana, slug, "").await.unwrap().id;
        governance.explain_stop(&shop.ana, stop, "it refunds twice").await.unwrap();
        governance.explain_stop(&shop.ben, stop, "cards stolen, do not release").await.unwrap();
        governance.explain_stop(&shop.ben, stop, "cards stolen, do not release").await.unwrap();
        assert!(matches!(governance.release(&shop.ana, stop, 0, "oh").await, Err(Error::Forbidden)), "{slug:?}");

        let stops = governance.stops(&shop.ana).await.unwrap();
        assert_eq!(stops[0].reason, "it refunds twice");
        assert_eq!(said(&stops), [("Ben".to_owned(), "cards stolen, do not release".to_owned())]);
        shop.release(slug, "next").await;
    }
    assert_eq!(shop.entries("stop_explained").await.len(), 4);
}

#[tokio::test]
async fn the_reason_of_whoever_presses_second_is_kept() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    governance.stop(&shop.ana, Some("support"), "").await.unwrap();
    governance.stop(&shop.ana, Some("support"), "by hand").await.unwrap();
    governance.stop(&shop.ben, Some("support"), "").await.unwrap();
    governance.stop(&shop.ben, Some("support"), "cards stolen").await.unwrap();
    let told = governance.stop(&shop.ana, Some("support"), "it refunds twice").await.unwrap();
    let told: Vec<_> = told.added.iter().map(|added| (added.by.as_str(), added.reason.as_str())).collect();
    assert_eq!(told, [("Ben", ""), ("Ben", "cards stolen"), ("Ana", "it refunds twice")]);

    let page = governance.stop_page(&shop.auditor).await.unwrap();
    let own = page.agents[0].own.clone().unwrap();
    assert_eq!((own.reason.as_str(), own.added.len()), ("by hand", 3));
    let past = governance.stop_history(&shop.auditor, None).await.unwrap().stops.remove(0);
    assert_eq!(past.stop.added, own.added);
    let reasons =
        "select count(*) from personal where body ->> 'reason' in ('by hand', 'cards stolen', 'it refunds twice')";
    assert_eq!(shop.database.count(reasons).await, 3);
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
            "insert into stops (id, engaged_at) values (gen_random_uuid(), now());
             update control set revision = revision + 1, stop_epoch = stop_epoch + 1; commit",
        )
        .await
        .unwrap();
    assert_eq!(asking.await.unwrap().unwrap().state, State::Stopped);
}
