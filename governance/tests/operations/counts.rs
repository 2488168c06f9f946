//! What is counted of each agent, behind the record.

use std::collections::BTreeMap;

use domain::{id::RequestId, state::Outcome};
use governance::{Cost, Governance};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::json;

use crate::support::{For, Shop, at_once, note, refund};

/// Counts until there is nothing new. Transactions of other tests, too, hold the feed back for a moment.
pub async fn count_all(shop: &Shop) {
    let left = "select count(*) from entries e, consumers c
        where c.name = 'counts' and (e.xid, e.id) > (c.xid, c.entry_id)";
    for _ in 0..400 {
        shop.governance.count_entries().await.unwrap();
        if shop.database.count(left).await == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("not all is counted");
}

/// How many rows are not as counting all of the record anew would make them.
async fn differing(shop: &Shop) -> i64 {
    let all = "(0, '00000000-0000-0000-0000-000000000000', 9223372036854775807, 1000000000)";
    let differ = |kept: &str, anew: &str| {
        format!(
            "(select count(*) from (
                (table {kept} except all select * from {anew}{all}) union all (select * from {anew}{all} except all table {kept})
            ) d)"
        )
    };
    let both = [differ("agent_counts", "counted"), differ("agent_costs", "spent")];
    shop.database.count(format!("select {}", both.join(" + "))).await
}

/// Allowed, asked a person, and denied, of all days together.
async fn totals(shop: &Shop) -> (u32, u32, u32) {
    let days = shop.governance.days(&shop.auditor, "support").await.unwrap();
    let sum = |part: fn(&domain::view::Day) -> u32| days.iter().map(part).sum();
    (sum(|day| day.allowed), sum(|day| day.needs_approval), sum(|day| day.denied))
}

#[tokio::test]
async fn what_outcomes_cost_is_added_up_to_the_millionth_by_day_and_currency() {
    let shop = Shop::open().await;
    for (amount, currency) in [("0.000001", "USD"), ("12345678901.123456", "USD"), ("3", "JPY")] {
        let asked = shop.ask(refund("20.00").of(amount)).await;
        let outcome = governance::Outcome {
            status: Outcome::Succeeded,
            reference: String::new(),
            detail: json!({}),
            cost: Cost::parse(amount, currency),
        };
        shop.governance.report(&shop.key, asked.id, Some(&asked.grant.unwrap().token), &outcome).await.unwrap();
    }
    for counted in [false, true] {
        let days = shop.governance.days(&shop.auditor, "support").await.unwrap();
        let spent: Vec<_> = days.iter().filter(|day| day.succeeded > 0).collect();
        assert_eq!(spent.iter().map(|day| day.succeeded).sum::<u32>(), 3);
        assert_eq!(spent[0].costs, ["3 JPY", "12345678901.123457 USD"], "counted: {counted}");
        count_all(&shop).await;
    }
}

async fn ask_some(shop: &Shop, many: usize) {
    for _ in 0..many {
        shop.ask(note("x")).await;
    }
}

#[tokio::test]
async fn what_was_just_asked_is_seen_before_it_is_counted_and_once_after_it() {
    let shop = Shop::open().await;
    ask_some(&shop, 3).await;
    shop.waiting(refund("80.00")).await;
    shop.ask(refund("900.00")).await;
    assert_eq!(totals(&shop).await, (3, 1, 1));
    count_all(&shop).await;
    assert_eq!((totals(&shop).await, differing(&shop).await), ((3, 1, 1), 0));
    ask_some(&shop, 2).await;
    assert_eq!(totals(&shop).await, (5, 1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_count_at_once_count_each_entry_once() {
    let shop = Shop::open().await;
    let counting = |governance: Governance| async move {
        for _ in 0..60 {
            governance.count_entries().await.unwrap();
        }
    };
    let counted = tokio::spawn(at_once([shop.replica(), shop.replica(), shop.governance.clone()].map(counting)));
    let asks = (0..200).map(|n| {
        let (governance, key) = (shop.governance.clone(), shop.key.clone());
        async move { drop(governance.ask(&key, &format!("key {n}"), note("x")).await.unwrap()) }
    });
    at_once(asks).await;
    counted.await.unwrap();
    count_all(&shop).await;
    assert_eq!((totals(&shop).await.0, differing(&shop).await), (200, 0));
}

#[tokio::test]
async fn while_one_is_at_it_no_other_is_and_what_it_does_not_finish_comes_again() {
    let shop = Shop::open().await;
    count_all(&shop).await;
    ask_some(&shop, 3).await;
    let counted = "select coalesce(sum(allowed), 0)::bigint from agent_counts";
    let mut other = shop.database.owner.begin().await.unwrap();
    sqlx::query("select from consumers where name = 'counts' for update").execute(&mut *other).await.unwrap();
    shop.governance.count_entries().await.unwrap();
    assert_eq!((shop.database.count(counted).await, totals(&shop).await.0), (0, 3));
    drop(other);
    count_all(&shop).await;
    assert_eq!((shop.database.count(counted).await, differing(&shop).await), (3, 0));
}

#[tokio::test]
async fn what_cannot_be_counted_is_counted_once_it_can() {
    let shop = Shop::open().await;
    count_all(&shop).await;
    shop.database.break_inserts("agent_counts", "new.denied > 0").await;
    ask_some(&shop, 2).await;
    shop.ask(refund("900.00")).await;
    let mut failed = false;
    for _ in 0..200 {
        failed = shop.governance.count_entries().await.is_err();
        if failed {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    // Nobody who looks misses it.
    assert_eq!((failed, totals(&shop).await), (true, (2, 0, 1)));
    shop.database.mend_inserts("agent_counts").await;
    count_all(&shop).await;
    assert_eq!((totals(&shop).await, differing(&shop).await), ((2, 0, 1), 0));
}

#[tokio::test]
async fn a_transaction_of_more_than_is_worked_at_once_is_counted_whole() {
    let shop = Shop::open().await;
    shop.database
        .run(
            "insert into entries (id, at, format, kind, actor_kind, agent_id, decision, detail, leaf)
             select gen_random_uuid(), told_now() - n * interval '1 minute', 1, 'asked', 'agent', a.id, 'denied', '{}', sha256('')
             from generate_series(1, 4500) n, agents a",
        )
        .await;
    // As it was when it was asked, however late it comes.
    assert_eq!(totals(&shop).await.2, 4500);
    count_all(&shop).await;
    assert_eq!((totals(&shop).await.2, differing(&shop).await), (4500, 0));
}

#[tokio::test]
async fn where_more_has_come_than_is_counted_while_it_is_read_the_page_says_so() {
    let shop = Shop::open().await;
    let behind = async || shop.governance.agent(&shop.auditor, "support").await.unwrap().days_behind;
    assert!(!behind().await);
    shop.database
        .run(
            "insert into entries (id, at, format, kind, actor_kind, detail, leaf)
             select gen_random_uuid(), told_now(), 1, 'refused', 'system', '{}', sha256('') from generate_series(1, 10001)",
        )
        .await;
    assert!(behind().await);
    count_all(&shop).await;
    assert!(!behind().await);
}

#[tokio::test]
async fn in_another_time_zone_the_same_lies_on_other_days_and_nothing_is_counted_anew() {
    let shop = Shop::open().await;
    let id = shop.ask(note("x")).await.id;
    shop.database
        .run(format!(
            "update entries set at = (told_now()::date - 5) at time zone 'UTC' + interval '18 hours 20 minutes'
             where request_id = '{id}'"
        ))
        .await;
    let day = async || {
        let days = shop.governance.days(&shop.auditor, "support").await.unwrap();
        days.into_iter().find(|day| day.allowed > 0).unwrap().date
    };
    for counted in [false, true] {
        let utc = day().await;
        // It is a quarter to twelve there then, and five past midnight.
        for (zone, later) in [("Asia/Kolkata", 0), ("Asia/Kathmandu", 1), ("UTC", 0)] {
            shop.governance.describe_shop(&shop.admin, "Shop", zone).await.unwrap();
            assert_eq!((day().await - utc).num_days(), later, "{zone}");
        }
        if !counted {
            count_all(&shop).await;
        }
    }
}

#[tokio::test]
async fn a_database_that_was_restored_goes_on_after_what_it_holds() {
    let shop = Shop::open().await;
    ask_some(&shop, 2).await;
    count_all(&shop).await;
    // As from a server that had come much further.
    shop.database.run("update entries set xid = xid + 1000000000; update consumers set xid = xid + 1000000000").await;
    assert!(shop.governance.count_entries().await.is_err(), "it does not take what is new for what is old");
    shop.database.run("select go_on_numbering(); select go_on_numbering()").await;

    let position = shop.governance.feed_position().await.unwrap();
    let asked = shop.ask(note("after it")).await.id;
    count_all(&shop).await;
    assert_eq!((totals(&shop).await.0, differing(&shop).await), (3, 0));
    let met = shop.governance.changes(position).await.unwrap().changes;
    assert_eq!(met.into_iter().filter_map(|change| change.request).collect::<Vec<_>>(), [asked]);
    let set = shop.governance.describe_shop(&shop.admin, "Shop", "UTC").await;
    assert!(set.is_ok(), "what people change is found by its entry");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Ask(u8),
    Report(Outcome, Option<u32>),
    Silence,
    Settle(Outcome),
    Undo,
    Decide(bool),
    Withdraw,
    Claim,
    Count,
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = || select(vec![Outcome::Succeeded, Outcome::Failed, Outcome::Unknown]);
    prop_oneof![
        6 => (0..4_u8).prop_map(Step::Ask),
        6 => (outcome(), prop::option::of(1..1_000_000_u32)).prop_map(|(what, cost)| Step::Report(what, cost)),
        1 => Just(Step::Silence),
        2 => outcome().prop_map(Step::Settle),
        1 => Just(Step::Undo),
        4 => prop::bool::weighted(0.7).prop_map(Step::Decide),
        1 => Just(Step::Withdraw),
        3 => Just(Step::Claim),
        2 => Just(Step::Count),
    ]
}

/// A shop, and the request that was asked last with its grant.
struct Life {
    shop: Shop,
    last: Option<(RequestId, Option<String>)>,
    /// How often what became of a request.
    became: BTreeMap<String, i64>,
}

impl Life {
    async fn states(&self) -> BTreeMap<uuid::Uuid, String> {
        let states = sqlx::query_as("select id, state from requests").fetch_all(&self.shop.database.owner);
        states.await.unwrap().into_iter().collect()
    }

    async fn live(&mut self, step: Step) {
        let before = self.states().await;
        self.take(step).await;
        for (id, after) in self.states().await {
            if before.get(&id).is_some_and(|before| *before != after) {
                *self.became.entry(after).or_default() += 1;
            }
        }
    }

    /// Does it to the request that was asked last; what does not fit is refused, and counts as nothing.
    async fn take(&mut self, step: Step) {
        let (shop, governance) = (&self.shop, &self.shop.governance);
        let (id, token) = match (step, &self.last) {
            (Step::Ask(which), _) => {
                let amount = ["20.00", "80.00", "80.00", "900.00"][usize::from(which)];
                let asked = shop.ask(refund(amount).of(&uuid::Uuid::now_v7().to_string())).await;
                self.last = Some((asked.id, asked.grant.map(|grant| grant.token)));
                return;
            }
            (Step::Count, _) => return governance.count_entries().await.unwrap(),
            (_, None) => return,
            (_, Some((id, token))) => (*id, token.clone()),
        };
        match step {
            Step::Ask(_) | Step::Count => {}
            Step::Silence => {
                shop.pass_time(4000).await;
                governance.pass_deadlines().await.unwrap();
            }
            Step::Report(status, micros) => {
                let cost = micros.map(|n| Cost::parse(&format!("0.{n:06}"), "USD").unwrap());
                let outcome = governance::Outcome { status, reference: String::new(), detail: json!({}), cost };
                if let Some(token) = token {
                    drop(governance.report(&shop.key, id, Some(&token), &outcome).await);
                }
            }
            Step::Settle(to) => drop(governance.settle(&shop.operator, id, to, "I looked").await),
            Step::Undo => drop(governance.roll_back(&shop.operator, id, "it was wrong").await),
            Step::Decide(true) => drop(shop.approve(&shop.ana, id).await),
            Step::Decide(false) => drop(shop.reject(&shop.ana, id, "no").await),
            Step::Withdraw => drop(governance.cancel(&shop.key, id).await),
            Step::Claim => {
                if let Ok(claimed) = shop.claim(id).await {
                    self.last = Some((id, Some(claimed.grant.token)));
                }
            }
        }
    }

    async fn check(&self) {
        count_all(&self.shop).await;
        assert_eq!(differing(&self.shop).await, 0);
        let sums = ["approved", "rejected", "expired", "cancelled", "succeeded", "failed", "unknown", "rolled_back"];
        for what in sums {
            let counted =
                self.shop.database.count(format!("select coalesce(sum({what}), 0)::bigint from agent_counts"));
            assert_eq!(counted.await, self.became.get(what).copied().unwrap_or_default(), "{what}");
        }
        for decision in ["allowed", "needs_approval", "denied"] {
            let both = format!(
                "select coalesce(sum({decision}), 0)::bigint - (select count(*) from requests where decision = '{decision}')
                 from agent_counts"
            );
            assert_eq!(self.shop.database.count(both).await, 0, "{decision}");
        }
        let spent = "select coalesce((select sum(micros) from agent_costs where currency = 'USD'), 0)::bigint
            - coalesce((select sum(cost_micros) from requests), 0)::bigint";
        assert_eq!(self.shop.database.count(spent).await, 0);
    }
}

#[test]
fn whatever_becomes_of_requests_is_what_is_counted() {
    let config = Config { failure_persistence: None, max_shrink_iters: 30, ..Config::default() };
    let cases = std::env::var("PROPTEST_CASES").map_or(5, |_| config.cases);
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config { cases, ..config }, rng);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lives = proptest::collection::vec(step(), 20..60);
    let live = async |steps: Vec<Step>| {
        let mut life = Life { shop: Shop::open().await, last: None, became: BTreeMap::new() };
        for step in steps {
            life.live(step).await;
        }
        life.check().await;
        Ok(())
    };
    runner.run(&lives, |steps| runtime.block_on(live(steps))).unwrap();
}
