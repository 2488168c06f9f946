//! What becomes of a run, that works out what a draft would have changed, when its server goes down.

use std::time::Duration;

use domain::view::impact::{ImpactRun, RunState};
use governance::{JOBS, Past};

use super::impact::{judged, last, let_go, start_held, stricter};
use crate::support::{Shop, refund};

/// Leaves the run as a server leaves it that went down with it.
async fn go_down(shop: &Shop, more: &str) {
    let run = format!(
        "update impact_runs
         set state = 'running', summary = null, run_by = gen_random_uuid(), {more},
             seen_at = told_now() - interval '16 seconds'"
    );
    assert_eq!(shop.database.run(run).await, 1);
}

/// Does what is due by itself until the run has ended.
async fn taken_up(shop: &Shop) -> ImpactRun {
    let replica = shop.replica();
    let jobs = tokio::spawn(async move { replica.run_jobs(JOBS).await });
    while last(shop).await.state == RunState::Running {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    jobs.abort();
    last(shop).await
}

#[tokio::test]
async fn a_run_that_went_down_with_its_server_is_begun_anew_by_another() {
    let shop = Shop::open().await;
    shop.ask(refund("40.00")).await;
    let seen = stricter(&shop).await;
    let figures = judged(&shop, seen, Past::Record).await;
    go_down(&shop, "judged = 7000").await;
    let run = taken_up(&shop).await;
    assert_eq!((run.state, run.judged, run.summary), (RunState::Done, 1, Some(figures)));
}

#[tokio::test]
async fn what_cannot_be_begun_anew_is_broken_off_and_leaves_room_for_another() {
    let shop = Shop::open().await;
    let seen = stricter(&shop).await;
    // Lines that somebody gave are gone with the server; and what has taken three servers down takes no fourth.
    for lost in ["source = 'file'", "tries = 3"] {
        judged(&shop, seen, Past::Record).await;
        go_down(&shop, lost).await;
        assert_eq!(taken_up(&shop).await.state, RunState::BrokenOff, "{lost}");
    }
    judged(&shop, seen, Past::Record).await;
}

#[tokio::test]
async fn who_has_lost_a_run_writes_nothing_more_into_it() {
    let shop = Shop::open().await;
    shop.ask(refund("20.00")).await;
    let seen = stricter(&shop).await;
    let held = start_held(&shop, seen).await;
    shop.database.run("update impact_runs set run_by = gen_random_uuid(), judged = 5").await;
    let run = let_go(&shop, held).await;
    assert_eq!((run.state, run.judged, run.summary), (RunState::Running, 5, None));
}
