//! What people set: tightenings, breakers, modes, queues, the shop.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::{
    agent::Mode,
    facts::BrandFacts,
    phase::{Move, Phase},
    role::Role,
    state::State,
};
use governance::{Actor, Conflict, CustomerFacts, Error};
use serde_json::json;

use crate::support::{Shop, id_of, money, note, refund};

#[tokio::test]
async fn a_tightening_turns_allowed_into_asking_until_it_is_lifted() {
    let shop = Shop::open().await;
    let refunds = BTreeSet::from(["order.refund".to_owned()]);
    shop.governance.tighten(&shop.mia, "support", refunds, "too many complaints", None).await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Waiting);
    assert_eq!(shop.ask(note("hello")).await.state, State::Granted);

    let holding = shop.governance.agent(&shop.admin, "support").await.unwrap().tightenings;
    assert!(matches!(shop.governance.lift(&shop.operator, holding[0].id, "").await, Err(Error::Invalid(..))));
    shop.governance.lift(&shop.operator, holding[0].id, "resolved").await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    let again = shop.governance.lift(&shop.operator, holding[0].id, "resolved").await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn a_tightening_ends_at_its_time_by_itself() {
    let shop = Shop::open().await;
    let tighten =
        async |lasts| shop.governance.tighten(&shop.mia, "support", BTreeSet::new(), "drift", Some(lasts)).await;
    for never in [TimeDelta::zero(), TimeDelta::seconds(-1), TimeDelta::MAX] {
        assert!(matches!(tighten(never).await, Err(Error::Invalid(..))));
    }
    tighten(TimeDelta::milliseconds(900)).await.unwrap();
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Waiting);
    tokio::time::sleep(std::time::Duration::from_millis(1000)).await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
}

#[tokio::test]
async fn a_tightening_of_an_action_that_nobody_knows_is_refused() {
    let shop = Shop::open().await;
    for (action, known) in [("order.refnd", false), ("order.refund", true), ("data.read", true)] {
        let actions = BTreeSet::from([action.to_owned()]);
        let answer = shop.governance.tighten(&shop.mia, "support", actions, "drift", None).await;
        assert_eq!(answer.is_ok(), known, "{action}: {answer:?}");
    }
}

#[tokio::test]
async fn an_open_breaker_pauses_what_runs_on_it() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    assert_eq!(replica.ask(&shop.key, "before", refund("40.00")).await.unwrap().state, State::Granted);
    shop.governance.open_breaker(&shop.operator, "shopify", "errors").await.unwrap();
    assert_eq!(replica.ask(&shop.key, "after", refund("40.00")).await.unwrap().state, State::Paused);
    assert_eq!(shop.ask(note("hello")).await.state, State::Granted);
    let twice = shop.governance.open_breaker(&shop.operator, "shopify", "errors").await;
    assert!(matches!(twice, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert_eq!(shop.governance.agents(&shop.auditor).await.unwrap()[0].broken, ["Shopify"]);
}

#[tokio::test]
async fn a_retired_agent_stays_retired() {
    let shop = Shop::open().await;
    shop.governance.set_mode(&shop.admin, "support", Mode::Retired, "done").await.unwrap();
    for mode in [Mode::Live, Mode::Shadow, Mode::Draft] {
        let answer = shop.governance.set_mode(&shop.admin, "support", mode, "back").await;
        assert!(matches!(answer, Err(Error::Conflict(Conflict::Other(_)))), "{answer:?}");
    }
}

#[tokio::test]
async fn the_brands_word_counts_where_the_agents_is_not_enough() {
    let shop = Shop::open().await;
    shop.publish(|set| {
        let worth = json!({ "kind": "lifetime_value_over", "limit": money("1000.00") });
        set.approval_thresholds.rules[0].when = vec![serde_json::from_value(worth).unwrap()];
    })
    .await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Waiting);
    let facts = |value| BrandFacts { lifetime_value: Some(money(value)), ..Default::default() };
    let sync = async |value| {
        let list = [CustomerFacts { id: "omar".to_owned(), facts: facts(value) }];
        shop.governance.sync_customers(&shop.admin, &list).await.unwrap();
    };
    sync("999.00").await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Granted);
    sync("1000.01").await;
    assert_eq!(shop.ask(refund("40.00")).await.state, State::Waiting);
    let mut modest = refund("40.00");
    modest.customer.as_mut().unwrap().lifetime_value = Some(money("1.00"));
    assert_eq!(shop.ask(modest).await.state, State::Waiting);
}

#[tokio::test]
async fn a_queue_has_a_short_name_of_its_own() {
    let shop = Shop::open().await;
    shop.governance.add_queue(&shop.admin, "finance", "Finance").await.unwrap();
    let twice = shop.governance.add_queue(&shop.admin, "finance", "Finance").await;
    assert!(matches!(twice, Err(Error::Conflict(Conflict::Exists))), "{twice:?}");
    for slug in ["", "Finance", "fin ance", "-f"] {
        let answer = shop.governance.add_queue(&shop.admin, slug, "Finance").await;
        assert!(matches!(answer, Err(Error::Invalid(..))), "{slug}: {answer:?}");
    }
}

#[tokio::test]
async fn a_shop_has_a_time_zone_that_there_is() {
    let shop = Shop::open().await;
    let describe = async |zone: &str| shop.governance.describe_shop(&shop.admin, "Reins & Sons", zone).await;
    for zone in ["", "Mars/Olympus", "UTC; drop table people"] {
        assert!(matches!(describe(zone).await, Err(Error::Invalid(..))), "{zone}");
    }
    describe("Europe/Berlin").await.unwrap();
    let frame = shop.governance.frame(&shop.auditor).await.unwrap();
    assert_eq!((frame.brand.as_str(), frame.demo), ("Reins & Sons", true));
    assert_eq!(shop.governance.days(&shop.auditor, "support").await.unwrap().len(), 30);
}

#[tokio::test]
async fn what_needs_a_person_is_not_done_by_reins_itself() {
    let shop = Shop::open().await;
    assert!(matches!(shop.governance.frame(&Actor::System).await, Err(Error::Forbidden)));
    let tightened = shop.governance.tighten(&Actor::System, "support", BTreeSet::new(), "drift", None).await;
    assert!(matches!(tightened, Err(Error::Forbidden)), "{tightened:?}");
}

#[tokio::test]
async fn a_form_that_was_drawn_before_somebody_elses_change_is_refused() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let refused = |answer: Result<(), Error>| matches!(answer, Err(Error::Conflict(Conflict::ChangedMeanwhile)));
    governance.set_mode(&shop.admin, "support", Mode::Shadow, "a trial").await.unwrap();
    let stale = governance.move_seen_agent(&shop.admin, "support", Some(Phase::Live), Move::Retire, "it is live").await;
    assert!(refused(stale));
    governance
        .move_seen_agent(&shop.admin, "support", Some(Phase::Shadow), Move::Begin(Phase::Live), "went well")
        .await
        .unwrap();

    let lee = id_of(&shop.lee);
    assert!(refused(governance.add_member(&shop.admin, "legal", lee).await.map(drop)));
    governance.remove_member(&shop.admin, "legal", lee, 0).await.unwrap();
    assert!(refused(governance.remove_member(&shop.admin, "legal", lee, 0).await));
    governance.disable_person(&shop.admin, lee, 9).await.unwrap();
    assert!(refused(governance.disable_person(&shop.admin, lee, 9).await));
    let role = governance.change_person(&shop.admin, lee, Role::Manager, Role::Auditor, 9).await;
    assert!(refused(role.map(drop)));
}

#[tokio::test]
async fn an_old_form_ends_no_later_pause_and_lets_nobody_in_again() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    let refused = |answer: Result<(), Error>| matches!(answer, Err(Error::Conflict(Conflict::ChangedMeanwhile)));
    let paused =
        async || governance.integrations(&shop.operator).await.unwrap()[0].pause.as_ref().map(|pause| pause.began_at);
    let pause = async || governance.open_breaker(&shop.operator, "shopify", "errors").await;
    pause().await.unwrap();
    let old = paused().await.unwrap();
    let close = async || governance.close_breaker(&shop.operator, "shopify", old, "well").await;
    close().await.unwrap();
    assert_eq!(paused().await, None);
    assert!(refused(close().await));
    pause().await.unwrap();
    assert!(refused(close().await) && refused(pause().await));
    assert!(paused().await.is_some_and(|now| now > old));

    let lee = id_of(&shop.lee);
    let disabled_at = async || {
        let people = governance.people(&shop.admin).await.unwrap();
        people.into_iter().find(|one| one.id == lee).unwrap().disabled_at
    };
    governance.disable_person(&shop.admin, lee, 9).await.unwrap();
    let old = disabled_at().await.unwrap();
    let enable = async || governance.enable_person(&shop.admin, lee, old).await.map(drop);
    enable().await.unwrap();
    assert!(refused(enable().await));
    governance.disable_person(&shop.admin, lee, 9).await.unwrap();
    assert!(refused(enable().await) && disabled_at().await.is_some());
}
