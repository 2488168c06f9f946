//! What happens by itself: one replica at a time, again where it failed, and by another where a replica went down.

use std::{
    sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
    time::Duration,
};

use domain::{role::Role, state::State};
use governance::{Error, Governance, JOBS, Job, LeftOver, Turn, Work};
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::lost::Wire;
use crate::support::{For, Shop, gift, refund};

const WHOLE: Job = Job {
    name: "test",
    every: Duration::from_millis(10),
    longest: Duration::from_secs(60),
    work: |_, _| Box::pin(async { Ok(None) }),
    label: "Test",
    does: "Does nothing.",
    without: "Nothing.",
};

/// Works on these jobs until it is aborted, which is as if its process were killed.
fn run(replica: Governance, jobs: &'static [Job]) -> JoinHandle<()> {
    tokio::spawn(async move { replica.run_jobs(jobs).await })
}

async fn until(shop: &Shop, holds: &str) {
    let count = format!("select count(*) from jobs where {holds}");
    let came = timeout(Duration::from_secs(20), async {
        while shop.database.count(&count).await == 0 {
            sleep(Duration::from_millis(20)).await;
        }
    });
    if came.await.is_err() {
        let rows = sqlx::query_scalar::<_, String>("select string_agg(j::text, ', ') from jobs j");
        panic!("never {holds}: {}", rows.fetch_one(&shop.database.owner).await.unwrap());
    }
}

async fn until_true(flag: &AtomicBool) {
    until_met(|| flag.load(SeqCst)).await;
}

async fn until_counted(count: &AtomicU32, least: u32) {
    until_met(|| count.load(SeqCst) >= least).await;
}

async fn until_met(met: impl Fn() -> bool) {
    let came = timeout(Duration::from_secs(20), async {
        while !met() {
            sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(came.await.is_ok(), "it never came");
}

/// Counts how often it is done: whoever has done it again has looked at what else is due, too.
const fn beside(work: fn(Governance, Turn) -> Work) -> Job {
    Job { name: "beside", work, ..WHOLE }
}

async fn counted(count: &AtomicU32) -> Result<LeftOver, Error> {
    count.fetch_add(1, SeqCst);
    Ok(None)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_never_do_one_job_at_once() {
    static AT_ONCE: AtomicU32 = AtomicU32::new(0);
    static MOST: AtomicU32 = AtomicU32::new(0);
    static DONE: AtomicU32 = AtomicU32::new(0);
    static JOB: [Job; 1] = [Job { work: |_, _| Box::pin(alone()), ..WHOLE }];
    async fn alone() -> Result<LeftOver, Error> {
        MOST.fetch_max(AT_ONCE.fetch_add(1, SeqCst) + 1, SeqCst);
        sleep(Duration::from_millis(100)).await;
        AT_ONCE.fetch_sub(1, SeqCst);
        DONE.fetch_add(1, SeqCst);
        Ok(None)
    }
    let shop = Shop::open().await;
    let replicas: Vec<_> = (0..4).map(|_| run(shop.replica(), &JOB)).collect();
    until_counted(&DONE, 6).await;
    replicas.iter().for_each(JoinHandle::abort);
    assert_eq!(MOST.load(SeqCst), 1);
}

#[tokio::test]
async fn what_panics_or_fails_is_tried_again_and_said_with_its_error_until_it_is_done() {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    static MENDED: AtomicBool = AtomicBool::new(false);
    static JOB: [Job; 1] = [Job { work: |_, _| Box::pin(bad()), ..WHOLE }];
    async fn bad() -> Result<LeftOver, Error> {
        match TRIED.fetch_add(1, SeqCst) {
            0 => panic!("on purpose"),
            _ if MENDED.load(SeqCst) => Ok(None),
            _ => Err(Error::Unavailable),
        }
    }
    let shop = Shop::open().await;
    let replica = run(shop.replica(), &JOB);
    until(&shop, "attempts = 1 and done_at is null and error like 'it met something%'").await;
    until(&shop, "attempts = 2 and leased_until is null and error like 'the record cannot be read%'").await;
    assert_eq!(shop.database.count("select count(*) from jobs where due > failing_since").await, 1);
    MENDED.store(true, SeqCst);
    until(&shop, "attempts = 0 and failing_since is null and error is null and done_at is not null").await;
    replica.abort();
}

/// Says that it was dropped.
struct Dropped(&'static AtomicBool);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

#[tokio::test]
async fn what_hangs_is_ended_by_its_longest_time() {
    static ENDED: AtomicBool = AtomicBool::new(false);
    static JOB: [Job; 1] = [Job { work: |_, _| Box::pin(hang()), longest: Duration::from_millis(300), ..WHOLE }];
    async fn hang() -> Result<LeftOver, Error> {
        let _ended = Dropped(&ENDED);
        std::future::pending().await
    }
    let shop = Shop::open().await;
    let replica = run(shop.replica(), &JOB);
    until(&shop, "attempts > 0 and error like 'it was not done within%'").await;
    until_true(&ENDED).await;
    replica.abort();
}

/// Hangs the first time; then it is done, and says whether it was taken over.
async fn hang_once(
    begun: &AtomicU32,
    ended: &'static AtomicBool,
    over: &AtomicBool,
    turn: Turn,
) -> Result<LeftOver, Error> {
    if begun.fetch_add(1, SeqCst) == 0 {
        let _ended = Dropped(ended);
        std::future::pending::<()>().await;
    }
    over.store(turn.taken_over, SeqCst);
    Ok(None)
}

#[tokio::test]
async fn what_a_killed_replica_worked_on_is_taken_over_when_its_lease_has_run_out() {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    static ENDED: AtomicBool = AtomicBool::new(false);
    static OVER: AtomicBool = AtomicBool::new(false);
    static BESIDE: AtomicU32 = AtomicU32::new(0);
    const JOB: Job = Job { work: |_, turn| Box::pin(hang_once(&BEGUN, &ENDED, &OVER, turn)), ..WHOLE };
    static FIRST: [Job; 1] = [JOB];
    static THEN: [Job; 2] = [JOB, beside(|_, _| Box::pin(counted(&BESIDE)))];
    let shop = Shop::open().await;
    let killed = run(shop.replica(), &FIRST);
    until(&shop, "leased_until > told_now()").await;
    until_counted(&BEGUN, 1).await;
    killed.abort();
    until_true(&ENDED).await;

    let other = run(shop.replica(), &THEN);
    until_counted(&BESIDE, 3).await;
    assert_eq!(BEGUN.load(SeqCst), 1, "the lease holds");
    shop.database.run("update jobs set leased_until = told_now() where name = 'test'").await;
    until(&shop, "name = 'test' and done_at is not null and attempts = 0").await;
    assert!(OVER.load(SeqCst));
    other.abort();
}

#[tokio::test]
async fn a_replica_that_ends_in_order_leaves_its_work_to_others_at_once() {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    static ENDED: AtomicBool = AtomicBool::new(false);
    static OVER: AtomicBool = AtomicBool::new(false);
    static JOB: [Job; 1] = [Job { work: |_, turn| Box::pin(hang_once(&BEGUN, &ENDED, &OVER, turn)), ..WHOLE }];
    let shop = Shop::open().await;
    let leaving = shop.replica();
    let running = run(leaving.clone(), &JOB);
    until_counted(&BEGUN, 1).await;
    running.abort();
    until_true(&ENDED).await;
    leaving.leave().await.unwrap();
    let other = run(shop.replica(), &JOB);
    until(&shop, "done_at is not null and attempts = 0 and begun_at < done_at").await;
    other.abort();
}

/// The clock jumps forward, so that the lease of who is alive has run out.
#[tokio::test]
async fn who_has_lost_the_lease_is_ended_and_says_nothing_more() {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    static ENDED: AtomicBool = AtomicBool::new(false);
    static OVER: AtomicBool = AtomicBool::new(false);
    static BESIDE: AtomicU32 = AtomicU32::new(0);
    const JOB: Job = Job {
        every: Duration::from_secs(600),
        work: |_, turn| Box::pin(hang_once(&BEGUN, &ENDED, &OVER, turn)),
        ..WHOLE
    };
    static FIRST: [Job; 2] = [JOB, beside(|_, _| Box::pin(counted(&BESIDE)))];
    static SECOND: [Job; 1] = [JOB];
    let shop = Shop::open().await;
    let first = run(shop.replica(), &FIRST);
    until_counted(&BEGUN, 1).await;
    let second = run(shop.replica(), &SECOND);
    shop.database
        .run("update jobs set leased_until = leased_until - interval '1 hour', due = due - interval '1 hour' where name = 'test'")
        .await;
    until(&shop, "name = 'test' and done_at is not null").await;
    let stands = "select ('x' || left(md5(j::text), 15))::bit(60)::bigint from jobs j where name = 'test'";
    let before = shop.database.count(stands).await;
    until_true(&ENDED).await;
    until_counted(&BESIDE, BESIDE.load(SeqCst) + 2).await;
    assert_eq!((shop.database.count(stands).await, BEGUN.load(SeqCst)), (before, 2));
    first.abort();
    second.abort();
}

#[tokio::test]
async fn a_clock_that_jumps_back_leaves_nothing_for_later() {
    static JOB: [Job; 1] = [WHOLE];
    let shop = Shop::open().await;
    let first = run(shop.replica(), &JOB);
    until(&shop, "done_at is not null").await;
    first.abort();
    // As if written an hour from now, once at rest and once in the hands of a replica that is gone.
    for lease in ["null", "told_now() + interval '1 hour'"] {
        let written =
            format!("due = due + interval '1 hour', done_at = done_at + interval '1 hour', leased_until = {lease}");
        shop.database.run(format!("update jobs set {written}")).await;
        let other = run(shop.replica(), &JOB);
        until(&shop, "leased_until is null and done_at <= told_now()").await;
        other.abort();
    }
}

#[tokio::test]
async fn while_the_database_is_away_nothing_ends_and_then_all_goes_on() {
    static DONE: AtomicU32 = AtomicU32::new(0);
    static JOB: [Job; 1] = [Job { work: |_, _| Box::pin(counted(&DONE)), ..WHOLE }];
    let shop = Shop::open().await;
    let wire = Wire::lay(&shop).await;
    wire.cut();
    let replica = run(wire.governance.clone(), &JOB);
    sleep(Duration::from_millis(700)).await;
    assert_eq!(DONE.load(SeqCst), 0);
    wire.mend();
    until(&shop, "done_at is not null").await;
    wire.cut();
    sleep(Duration::from_millis(700)).await;
    let before = DONE.load(SeqCst);
    wire.mend();
    // What it could not give back runs out of its lease.
    shop.database.run("update jobs set leased_until = told_now() where leased_until is not null").await;
    until_counted(&DONE, before + 1).await;
    replica.abort();
}

#[tokio::test]
async fn more_than_a_hundred_requests_that_cannot_be_read_keep_no_other_from_expiring() {
    let shop = Shop::open().await;
    for n in 0..110 {
        shop.waiting(refund("80.00").of(&format!("yara-{n}"))).await;
    }
    let other = shop.waiting(refund("90.00")).await;
    shop.pass_time(3601).await;
    shop.database.run(format!("update requests set pending = '7' where id <> '{other}'")).await;
    let replica = run(shop.replica(), JOBS);
    until(&shop, "name = 'deadlines' and left_over like '110 requests cannot be read%' and attempts = 0").await;
    assert_eq!(shop.state(other).await, State::Expired);
    replica.abort();
    let page = shop.governance.jobs(&shop.operator).await.unwrap();
    let deadlines = page.jobs.iter().find(|job| job.name == "deadlines").unwrap();
    assert!(deadlines.failing.is_none() && deadlines.late_since.is_none(), "{deadlines:?}");
}

async fn until_expired(shop: &Shop, least: i64) {
    let came = timeout(Duration::from_secs(20), async {
        while shop.database.count("select count(*) from requests where state = 'expired'").await < least {
            sleep(Duration::from_millis(10)).await;
        }
    });
    assert!(came.await.is_ok(), "{least} never expired");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_killed_among_deadlines_leaves_none_undone_and_none_done_twice() {
    let shop = Shop::open().await;
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(shop.waiting(refund(&format!("{}.00", 60 + n))).await);
    }
    shop.pass_time(3601).await;
    let mut holder = shop.database.owner.begin().await.unwrap();
    sqlx::query("select 1 from requests where id = $1 for update").bind(ids[4].0).execute(&mut *holder).await.unwrap();
    let killed = run(shop.replica(), JOBS);
    until_expired(&shop, 4).await;
    killed.abort();
    holder.rollback().await.unwrap();

    let other = run(shop.replica(), JOBS);
    shop.database.run("update jobs set leased_until = told_now() where leased_until is not null").await;
    until_expired(&shop, 8).await;
    until(&shop, "name = 'deadlines' and attempts = 0 and done_at is not null").await;
    assert_eq!(shop.entries("expired").await.len(), 8);
    other.abort();
}

#[tokio::test]
async fn who_takes_the_deadlines_over_sees_what_the_one_before_had_no_time_for() {
    let shop = Shop::open().await;
    let id = shop.waiting(gift()).await;
    let taking_over = shop.replica();
    // It has done this before, and remembers that nothing was stopped.
    taking_over.pass_deadlines().await.unwrap();
    shop.governance.stop(&shop.operator, Some("support"), "").await.unwrap();
    shop.pass_time(300).await;
    shop.governance.pass_deadlines().await.unwrap();
    shop.pass_time(300).await;
    shop.release(Some("support"), "fine").await;

    let running = run(taking_over, JOBS);
    until(&shop, "name = 'deadlines' and done_at is not null").await;
    running.abort();
    let stood_still =
        format!("select extract(epoch from falls_due - deadline)::bigint from requests where id = '{id}'");
    assert!((600..605).contains(&shop.database.count(stood_still).await));
}

#[tokio::test]
async fn replicas_say_that_they_are_here_and_are_forgotten_a_day_after() {
    let shop = Shop::open().await;
    let replica = shop.replica();
    let beating = {
        let replica = replica.clone();
        tokio::spawn(async move { replica.stay_present("till-1", "0.1").await })
    };
    let replicas = async || shop.governance.jobs(&shop.admin).await.unwrap();
    let page = loop {
        let page = replicas().await;
        if !page.replicas.is_empty() {
            break page;
        }
        sleep(Duration::from_millis(20)).await;
    };
    let one = &page.replicas[0];
    assert_eq!((one.name.as_str(), one.version.as_str(), one.revision), ("till-1", "0.1", Some(page.revision)));
    assert!(one.is_here(page.now));
    beating.abort();
    replica.leave().await.unwrap();
    let page = replicas().await;
    assert!(page.replicas[0].left_at.is_some() && !page.replicas[0].is_here(page.now));

    shop.governance.tidy().await.unwrap();
    assert_eq!(replicas().await.replicas.len(), 1);
    shop.database.run("update replicas set seen_at = seen_at - interval '1 day'").await;
    shop.governance.tidy().await.unwrap();
    assert_eq!(replicas().await.replicas.len(), 0);
}

#[tokio::test]
async fn operators_and_admins_see_what_is_not_done_in_time_and_nobody_else() {
    let shop = Shop::open().await;
    for who in [&shop.auditor, &shop.ana, &shop.mia] {
        assert!(matches!(shop.governance.jobs(who).await, Err(Error::Forbidden)));
    }
    let replica = run(shop.replica(), JOBS);
    for job in JOBS {
        until(&shop, &format!("name = '{}' and done_at is not null", job.name)).await;
    }
    replica.abort();
    let page = shop.governance.jobs(&shop.operator).await.unwrap();
    let labels: Vec<_> = page.jobs.iter().map(|job| job.label.as_str()).collect();
    assert_eq!(labels, JOBS.iter().map(|job| job.label).collect::<Vec<_>>());
    assert!(page.jobs.iter().all(|job| job.late_since.is_none() && job.failing.is_none()), "{page:?}");

    shop.database.run("update jobs set done_at = done_at - interval '3 minutes'").await;
    let late = async |who| shop.governance.today(who).await.unwrap().late.into_iter().map(|late| late.label).collect();
    let told: Vec<String> = late(&shop.operator).await;
    assert_eq!(told, ["Deadlines", "Adding up", "Counting", "Room for the record", "What drafts would change"]);
    let chief = shop.person("Kim", Role::Auditor).await;
    assert_eq!(late(&chief).await, Vec::<String>::new());
}
