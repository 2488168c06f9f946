//! One clock: a year passes on several replicas, or goes back, and what rests on time does what it says.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    permission::{Limit, Per, WindowSpec},
    state::{Outcome, State},
};
use governance::{AgentError, Governance, MadeUp, Pools};

use crate::support::{Database, For, Shop, at_once, gift, id_of, note, refund};

const DAY: u32 = 24 * 60 * 60;

fn notes_a_day(most: u32) -> Limit {
    let window = WindowSpec { per: Per::Agent, within_s: DAY, actions: Default::default(), trust_agent: false };
    Limit::Count { most, window }
}

/// What happens by itself, on all replicas at once.
async fn jobs(replicas: &[Governance]) {
    let all = replicas.iter().cloned().map(|governance| async move {
        governance.pass_deadlines().await.unwrap();
        while governance.add_up_spans().await.unwrap() > 0 {}
        // Another replica may be at it.
        governance.make_room().await.unwrap();
        governance.tidy().await.unwrap();
    });
    at_once(all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_passes_on_every_replica() {
    let shop = Shop::open().await;
    let replicas = [shop.governance.clone(), shop.replica(), shop.replica()];
    shop.publish(|set| {
        set.action_scope.allow.entry("desk.note".to_owned()).or_default().limits.push(notes_a_day(2));
    })
    .await;
    let of_refunds = BTreeSet::from(["order.refund".to_owned()]);
    let lasts = Some(TimeDelta::days(45));
    shop.governance.tighten(&shop.operator, "support", of_refunds, "to be watched", lasts).await.unwrap();
    // Enough of one moment that it is added up.
    let many = "
        insert into requests (id, agent_id, idempotency_key, body_digest, action, state, decision, answer, digest, body_entry,
            sentence, asked_at, changed_at)
        select gen_random_uuid(), a.id, n::text, '', 'gift.send', 'succeeded', 'allowed', '{}', '', gen_random_uuid(), '', at, at
        from agents a, told_now() at, generate_series(1, 8192) n";
    shop.database.run(many).await;

    let ana = id_of(&shop.ana);
    for month in 1_usize..=12 {
        let here = &replicas[month % 3];
        let there = &replicas[(month + 1) % 3];
        let ask = async |governance: &Governance, n: u32, ask| {
            governance.ask(&shop.key, &format!("{month} {n}"), ask).await.unwrap()
        };
        let session = here.new_session_id().await.unwrap();
        here.begin_session(session, ana).await.unwrap();
        assert_eq!(there.session(session).await.unwrap(), Some(ana));

        for (n, expected) in [(0, State::Granted), (1, State::Granted), (2, State::Denied)] {
            assert_eq!(
                ask(if n == 1 { there } else { here }, n, note("a day's")).await.state,
                expected,
                "{month}, {n}"
            );
        }
        let asked = ask(there, 3, refund("5.00").of(&format!("customer {month}"))).await;
        assert_eq!(asked.state, if month <= 2 { State::Waiting } else { State::Granted }, "{month}");
        let waiting = ask(here, 4, gift()).await;
        assert_eq!(waiting.state, State::Waiting);

        shop.database.shift_clock("1 month").await;
        jobs(&replicas).await;
        // Its first people said nothing, and those whom it went to after that.
        jobs(&replicas).await;
        for governance in &replicas {
            assert_eq!(governance.session(session).await.unwrap(), None);
        }
        assert_eq!(shop.state(waiting.id).await, State::Waiting, "{month}: it went to the managers");
        shop.pass_time(7201).await;
        jobs(&replicas).await;
        assert_eq!(shop.state(waiting.id).await, State::Expired, "{month}");
        if let Some(grant) = asked.grant {
            assert_eq!(shop.state(asked.id).await, State::Unknown, "{month}");
            shop.report(asked.id, &grant.token, Outcome::Succeeded).await.unwrap();
        }
    }
    assert_eq!(shop.entries("escalated").await.len(), 12, "once each");
    assert_eq!(shop.entries("expired").await.len(), 12 + 2, "once each");
    assert_eq!(shop.entries("outcome_unknown").await.len(), 10, "once each");
    let of_months = "select count(*) from entries_default";
    assert_eq!(shop.database.count(of_months).await, 0, "each month had its place");
    let months = "select count(distinct tableoid) from entries";
    assert!(shop.database.count(months).await >= 12);
    assert_eq!(shop.database.count("select count(*) from spans where ready").await, 1);
    let misplaced = "select count(*) from sessions";
    assert_eq!(shop.database.count(misplaced).await, 0, "what is over is forgotten");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_back_brings_nothing_back() {
    let shop = Shop::open().await;
    let replicas = [shop.governance.clone(), shop.replica(), shop.replica()];
    shop.publish(|set| {
        set.action_scope.allow.entry("desk.note".to_owned()).or_default().limits.push(notes_a_day(1));
    })
    .await;
    let over = shop.waiting(refund("80.00")).await;
    let unclaimed = shop.approved_refund().await;
    shop.pass_time(3601).await;
    jobs(&replicas).await;
    let stop = shop.governance.stop(&shop.operator, None, "").await.unwrap();
    shop.release(None, "looked into").await;
    assert_eq!(shop.ask(note("the day's")).await.state, State::Granted);
    let waiting = shop.waiting(refund("90.00")).await;

    for back in ["-2 hours", "-3 days", "-1 year"] {
        shop.database.shift_clock(back).await;
        jobs(&replicas).await;
        for governance in &replicas {
            let asked = governance.ask(&shop.key, &uuid::Uuid::now_v7().to_string(), note("one more")).await.unwrap();
            assert_eq!(asked.state, State::Denied, "{back}: what was asked counts, be it in time to come");
            assert!(matches!(governance.claim(&shop.key, "claim", unclaimed).await, Err(AgentError::Expired(_))));
        }
        assert_eq!((shop.state(over).await, shop.state(unclaimed).await), (State::Expired, State::Expired));
        assert!(shop.approve(&shop.ana, over).await.is_err());
        assert_eq!(shop.state(waiting).await, State::Waiting, "{back}: it has as long as it was given");
    }
    let again = shop.governance.stop(&shop.operator, None, "").await.unwrap();
    assert!(again.at < stop.at);
    assert_eq!(shop.ask(refund("1.00")).await.state, State::Stopped);
    assert_eq!(shop.entries("expired").await.len(), 2, "once each");
    // What was written last sorts last where it counts: in what is told to pages and agents.
    let ids = "select count(*) from (select id < lag(id) over (order by xid, id) as back from entries) o where back";
    assert_eq!(shop.database.count(ids).await, 0);
}

#[tokio::test]
async fn the_clock_of_a_shop_cannot_be_moved() {
    let shop = Shop::open().await;
    let refused = async |role: &str, sql: &'static str| {
        let (mut server, mut owner);
        let session: &mut sqlx::PgConnection = match role {
            "server" => {
                server = shop.database.server_session().await;
                &mut server
            }
            _ => {
                owner = shop.database.owner.acquire().await.unwrap();
                &mut owner
            }
        };
        let done = sqlx::query(sql).execute(session).await;
        done.unwrap_err().into_database_error().unwrap().code().unwrap().into_owned()
    };
    const NOT_LET: &str = "42501";
    const BROKEN: &str = "23514";
    for sql in
        ["select set_clock('2020-01-01')", "update control set ahead = '1 day'", "update control set demo = false"]
    {
        assert_eq!(refused("server", sql).await, NOT_LET, "{sql}");
    }
    shop.database.run("update control set demo = false").await;
    for sql in ["select set_clock('2020-01-01')", "update control set ahead = '1 day'"] {
        assert_eq!(refused("owner", sql).await, BROKEN, "{sql}");
    }
    let with_people = "update control set demo = true, ahead = '1 day'";
    assert_eq!(refused("owner", with_people).await, BROKEN, "people are in it");
}

#[tokio::test]
async fn a_made_up_past_has_its_own_time_and_is_half_made_until_it_ends() {
    let database = Database::fresh().await;
    database.run("update control set demo = false").await;
    let mut past = MadeUp::connect(&database.owner_url()).await.unwrap();
    let now = past.begin().await.unwrap();
    assert!(!past.is_begun().await.unwrap());
    let long_ago = now - TimeDelta::days(300);
    past.set_clock(long_ago).await.unwrap();
    let governance = Governance::connect(&database.server_url(), Pools::default()).unwrap();
    governance.add_first_admin("ada@example.com", "Ada", "a long password").await.unwrap();
    let made: DateTime<Utc> =
        sqlx::query_scalar("select created_at from people").fetch_one(&database.owner).await.unwrap();
    assert!(made >= long_ago && made < long_ago + TimeDelta::minutes(10), "{made}");
    assert!(past.is_begun().await.unwrap());

    past.end().await.unwrap();
    past.forget().await.unwrap();
    assert_eq!(database.count("select count(*) from people").await, 1, "what is whole stays");
    past.set_clock(long_ago).await.unwrap();
    past.forget().await.unwrap();
    let tables = "select count(*) from pg_class where relnamespace = 'public'::regnamespace";
    assert_eq!(database.count(tables).await, 0);
}
