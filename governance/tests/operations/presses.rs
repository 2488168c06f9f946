//! Presses of Stop that the record does not take at once.

use std::time::Duration;

use domain::state::State;
use governance::{Actor, AgentError, Error, Governance, Pressed};
use sqlx::Executor;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::support::{Shop, id_of, measured, refund};

/// Takes the control lock as a decision does, in a session that Reins may not end.
const HOLD: &str = "begin; select pg_advisory_xact_lock_shared(90457536090880)";

async fn let_go(governance: &Governance) {
    let begun = Instant::now();
    while governance.holds_back() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it is not tried again");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn until_a_pressed_stop_is_recorded_nothing_is_allowed_here_and_it_is_tried_by_itself() {
    let shop = Shop::open().await;
    let governance = shop.replica();
    let approved = shop.approved_refund().await;
    shop.database.break_inserts("entries", "new.kind = 'stopped'").await;
    let stop = async || governance.press(&shop.ana, Some("support"), "odd refunds").await.unwrap();
    assert_eq!(stop().await, Pressed::NotRecorded);
    let asked = governance.ask(&shop.key, "held", refund("1.00")).await;
    assert!(matches!(asked, Err(AgentError::Unavailable)), "{asked:?}");
    let claimed = governance.claim(&shop.key, "c", approved).await;
    assert!(matches!(claimed, Err(AgentError::Unavailable)), "{claimed:?}");
    assert_eq!(stop().await, Pressed::NotRecorded, "pressed again it is the same press");

    shop.database.mend_inserts("entries").await;
    let_go(&governance).await;
    assert_eq!(shop.database.count("select count(*) from stops where reason = 'odd refunds'").await, 1);
    assert_eq!(shop.governance.frame(&shop.ben).await.unwrap().stops[0].by, "Ana");
    assert_eq!(governance.ask(&shop.key, "held", refund("1.00")).await.unwrap().state, State::Stopped);
}

#[tokio::test]
async fn whatever_is_said_while_a_stop_is_not_recorded_can_be_read_afterwards() {
    let shop = Shop::open().await;
    let governance = shop.replica();
    shop.database.break_inserts("entries", "new.kind = 'stopped'").await;
    for reason in ["odd refunds", "", "odd refunds", "cards stolen", "the bank called"] {
        let pressed = governance.press(&shop.ana, Some("support"), reason).await.unwrap();
        assert_eq!(pressed, Pressed::NotRecorded, "{reason}");
    }
    shop.database.mend_inserts("entries").await;
    let_go(&governance).await;
    let stops = governance.stops(&shop.ben).await.unwrap();
    let said = Vec::from_iter(stops[0].added.iter().map(|added| (added.by.as_str(), added.reason.as_str())));
    assert_eq!(stops[0].reason, "odd refunds");
    assert_eq!(said, [("Ana", "cards stolen"), ("Ana", "the bank called")]);
    assert_eq!(shop.entries("stop_explained").await.len(), 2);
    assert_eq!(stops[0].taken_back_by, Some(id_of(&shop.ana)), "nobody else has pressed");
}

/// What is said while the try that records the stop is on its way is recorded by one of its own.
#[tokio::test]
async fn what_is_said_just_before_a_stop_is_recorded_can_be_read_afterwards() {
    let shop = Shop::open().await;
    let governance = shop.replica();
    let mut other = shop.database.owner.acquire().await.unwrap();
    other.execute(HOLD).await.unwrap();
    let press = async |reason| governance.press(&shop.ana, None, reason).await.unwrap();
    let (first, second, ()) = tokio::join!(press("odd refunds"), press("cards stolen"), async {
        sleep(Duration::from_millis(100)).await;
        other.execute("rollback").await.unwrap();
    });
    assert!(matches!((first, second), (Pressed::Recorded(_), Pressed::Recorded(_))));
    let begun = Instant::now();
    loop {
        let stops = governance.stops(&shop.ben).await.unwrap();
        if stops[0].reason == "odd refunds" && stops[0].added.iter().any(|added| added.reason == "cards stolen") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{stops:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Whoever presses again has pressed: a release of what was recorded before is not their answer.
#[tokio::test]
async fn a_press_beside_one_that_is_recorded_and_released_stops_again() {
    let shop = Shop::open().await;
    let governance = shop.replica();
    let mut other = shop.database.owner.acquire().await.unwrap();
    other.execute(HOLD).await.unwrap();
    shop.database.break_inserts("entries", "new.kind = 'stop_explained'").await;
    let press = async |reason| governance.press(&shop.ana, None, reason).await.unwrap();
    let (first, second) = tokio::join!(press("odd refunds"), async {
        let tried = "select count(*) from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())";
        let begun = Instant::now();
        while shop.database.count(tried).await == 0 {
            assert!(begun.elapsed() < Duration::from_secs(10), "it is not tried");
            sleep(Duration::from_millis(5)).await;
        }
        tokio::join!(press("cards stolen"), other.execute("rollback")).0
    });
    let Pressed::Recorded(first) = first else { panic!("{first:?}") };
    assert_eq!(second, Pressed::NotRecorded, "what it says is not recorded");
    assert!(governance.holds_back());

    shop.governance.release(&shop.admin, first.id, first.said, "all is well").await.unwrap();
    let Pressed::Recorded(third) = press("").await else { panic!("it is written again") };
    assert_ne!(third.id, first.id);
    let stops = shop.governance.stops(&shop.ben).await.unwrap();
    assert_eq!((stops.len(), stops[0].id, stops[0].reason.as_str()), (1, third.id, "cards stolen"));
    let asked = shop.governance.ask(&shop.key, "after", refund("1.00")).await.unwrap();
    assert_eq!(asked.state, State::Stopped);
}

#[tokio::test]
async fn a_reason_that_is_not_kept_is_told_so() {
    let shop = Shop::open().await;
    let governance = shop.replica();
    shop.database.break_inserts("entries", "new.kind = 'stopped'").await;
    let say = |n: usize| {
        let (governance, ana) = (governance.clone(), shop.ana.clone());
        async move { governance.press(&ana, None, &format!("reason {n}")).await.unwrap() }
    };
    assert_eq!(say(0).await, Pressed::NotRecorded);
    let again = (1..20).map(say).collect::<JoinSet<_>>().join_all().await;
    assert!(again.iter().all(|pressed| *pressed == Pressed::NotRecorded), "{again:?}");
    assert_eq!(say(20).await, Pressed::NotKept);
    assert_eq!(say(7).await, Pressed::NotRecorded, "it is said already");
    shop.database.mend_inserts("entries").await;
    let_go(&governance).await;
    let stops = governance.stops(&shop.ben).await.unwrap();
    assert_eq!((stops[0].reason.as_str(), stops[0].added.len()), ("reason 0", 19));
}

#[tokio::test]
async fn whatever_one_person_presses_others_stop_an_agent_and_everybody_stops_everything() {
    let shop = Shop::open().await;
    let governance = shop.replica();
    let mut other = shop.database.owner.acquire().await.unwrap();
    other.execute(HOLD).await.unwrap();
    let press = |who: &Actor, slug: Option<String>| {
        let (governance, who) = (governance.clone(), who.clone());
        async move { governance.press(&who, slug.as_deref(), "").await.unwrap() }
    };
    let made_up = (0..1005).map(|n| press(&shop.auditor, Some(format!("nope{n}"))));
    let told = made_up.collect::<JoinSet<_>>().join_all().await;
    assert_eq!(told.iter().filter(|told| **told == Pressed::Unknown).count(), 100);
    assert_eq!(told.iter().filter(|told| **told == Pressed::TooMany).count(), 905);
    let theirs = tokio::join!(
        press(&shop.operator, Some("support".to_owned())),
        press(&shop.operator, None),
        press(&shop.auditor, None)
    );
    assert_eq!(theirs, (Pressed::Unknown, Pressed::Unknown, Pressed::Unknown));
    other.execute("rollback").await.unwrap();
    let_go(&governance).await;
    assert_eq!(shop.database.count("select count(*) from stops where released_at is null").await, 2);
}

#[tokio::test]
async fn a_press_whose_caller_hangs_up_is_recorded() {
    let shop = Shop::open().await;
    let mut other = shop.database.owner.acquire().await.unwrap();
    other.execute(HOLD).await.unwrap();
    let cut = timeout(Duration::from_millis(200), shop.governance.press(&shop.ana, None, "")).await;
    assert!(cut.is_err(), "it did not wait for the lock");
    other.execute("rollback").await.unwrap();
    let begun = Instant::now();
    while shop.database.count("select count(*) from stops").await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "it is lost");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_press_that_gets_no_answer_is_said_to_be_unknown_and_holds_everything_back() {
    let shop = Shop::open().await;
    let mut other = shop.database.owner.acquire().await.unwrap();
    other.execute(HOLD).await.unwrap();
    let (pressed, took) = measured(shop.governance.press(&shop.ana, None, "")).await;
    assert_eq!(pressed.unwrap(), Pressed::Unknown);
    assert!(took < Duration::from_millis(1900), "{took:?}");
    assert!(shop.governance.holds_back());
    other.execute("rollback").await.unwrap();
    let_go(&shop.governance).await;
    assert_eq!(shop.database.count("select count(*) from stops").await, 1);
}

#[tokio::test]
async fn whoever_is_disabled_before_their_press_is_recorded_stops_nothing() {
    let shop = Shop::open().await;
    shop.governance.disable_person(&shop.admin, id_of(&shop.ben), 9).await.unwrap();
    assert!(matches!(shop.governance.press(&shop.ben, None, "").await, Err(Error::Forbidden)));
    assert!(!shop.governance.holds_back());
    assert_eq!(shop.database.count("select count(*) from stops").await, 0);
}
