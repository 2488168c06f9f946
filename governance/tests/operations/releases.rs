//! How a stop ends: released by whoever has read all of it, or taken back; and what is said of it meanwhile.

use std::collections::BTreeSet;

use domain::{state::State, view::StopView};
use governance::{Conflict, Error};

use crate::support::{Shop, refund};

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
    let reasons = "select count(*) from personal where body::json ->> 'reason' in ('by hand', 'cards stolen', 'it refunds twice')";
    assert_eq!(shop.database.count(reasons).await, 3);
}
