//! The stop: what it holds, who may press and release it, and what a release does not revive.

use std::collections::BTreeSet;

use domain::state::State;
use governance::{AgentError, Conflict, Error};

use crate::support::{For, Shop, at_once, note, refund};

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
        shop.pass_time(40).await;
        assert_eq!(page().await, BTreeSet::from([reported.id, settled.id]));
        let token = reported.grant.unwrap().token;
        shop.report(reported.id, &token, domain::state::Outcome::Succeeded).await.unwrap();
        assert_eq!(page().await, BTreeSet::from([settled.id]));

        shop.release(slug, "fine").await;
        let later = shop.ask(refund("40.00")).await;
        assert_eq!(page().await, BTreeSet::from([settled.id]), "the release ends no doubt");
        shop.pass_time(700).await;
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
             'state', (array['granted', 'unknown'])[1 + n % 2], 'changed_at', told_now()))).*
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
