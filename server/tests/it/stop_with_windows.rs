//! Stops while agents of two processes ask across the same windows: nothing is granted after a stop's answer, no caps are
//! passed, and nobody waits for each other in a circle.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::permission::{Condition, Limit, Per, WindowSpec};
use serde_json::json;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use uuid::Uuid;

use crate::{
    client::Client,
    front::refund,
    stop::{House, SLUGS},
    support::{money, support_file},
};

const CLIENTS: usize = 16;
const ROUNDS: usize = 12;

/// What is waited for comes within this time, or the test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Requests of an agent in a second, and of a customer in a day, that are not denied; and those that nobody has to look at.
const MOST_OF_AGENT: u32 = 15;
const MOST_OF_CUSTOMER: u32 = 5;
const MOST_ALLOWED: u32 = 3;
/// The same in money: of an agent in two seconds, of a customer in a day.
const MOST_PAID_BY_AGENT: &str = "55.00";
const MOST_PAID_TO_CUSTOMER: &str = "12.00";

fn window(per: Per, within_s: u32) -> WindowSpec {
    WindowSpec { per, within_s, actions: Default::default(), trust_agent: false }
}

/// Puts both agents under limits and a rule whose windows cross.
async fn limit(house: &House) {
    const DAY: u32 = 24 * 60 * 60;
    for slug in SLUGS {
        let mut file = support_file();
        file.agent.slug = slug.to_owned();
        if slug != "support" {
            file.agent.name = slug.to_owned();
        }
        let set = &mut file.permissions;
        set.action_scope.allow.entry("order.refund".to_owned()).or_default().limits = vec![
            Limit::Count { most: MOST_OF_AGENT, window: window(Per::Agent, 1) },
            Limit::Sum { most: money(MOST_PAID_TO_CUSTOMER), window: window(Per::Customer, DAY) },
            Limit::Sum { most: money(MOST_PAID_BY_AGENT), window: window(Per::Agent, 2) },
            Limit::Count { most: MOST_OF_CUSTOMER, window: window(Per::Customer, DAY) },
        ];
        set.approval_thresholds.rules[0].when =
            vec![Condition::CountOver { limit: MOST_ALLOWED, window: window(Per::Customer, DAY) }];
        house.shop.take_in(&file, "limits").await.unwrap();
    }
}

/// What the clients share.
#[derive(Default)]
struct Known {
    /// By agent: odd from a stop's answer until its release is sent.
    phases: [AtomicU64; 2],
    /// By agent: how many asks were allowed, and how many met a stop.
    allowed: [AtomicU64; 2],
    stopped: [AtomicU64; 2],
    asked: AtomicUsize,
    ends: AtomicBool,
    faults: Mutex<Vec<String>>,
}

impl Known {
    fn fault(&self, fault: String) {
        self.faults.lock().unwrap().push(fault);
    }

    /// Waits until each of these agents has had so many more of what is counted.
    async fn await_more(&self, counted: &[AtomicU64; 2], agents: &[usize], more: u64) {
        let (begun, before) = (Instant::now(), counted.each_ref().map(|count| count.load(SeqCst)));
        while agents.iter().any(|agent| counted[*agent].load(SeqCst) < before[*agent] + more) {
            assert_eq!(*self.faults.lock().unwrap(), [""; 0]);
            assert!(begun.elapsed() < PATIENCE, "what is waited for does not come");
            sleep(Duration::from_millis(1)).await;
        }
    }
}

/// Sixteen asks in a row are for one customer, whoever sends them; each fourth shares its trigger with other customers.
fn body(number: usize) -> String {
    let mut body = refund(["1.00", "1.00", "7.00"][number % 3]);
    let customer = format!("customer {}", number / 16);
    body["trigger"] = json!(if number.is_multiple_of(4) { format!("ticket {}", number % 7) } else { customer.clone() });
    body["customer"]["id"] = json!(customer);
    body.to_string()
}

async fn work(mut client: Client, agent: usize, known: Arc<Known>) {
    while !known.ends.load(SeqCst) {
        let body = body(known.asked.fetch_add(1, SeqCst));
        let before = known.phases[agent].load(SeqCst);
        let reply = match client.post("/api/v1/actions", &Uuid::now_v7().to_string(), &body).await {
            Ok(reply) if reply.status == 201 => reply.json(),
            other => return known.fault(format!("{other:?}")),
        };
        let within = before % 2 == 1 && known.phases[agent].load(SeqCst) == before;
        match reply["decision"].as_str() {
            Some("allowed") if within => known.fault(format!("within a stop: {reply}")),
            Some("allowed") => _ = known.allowed[agent].fetch_add(1, SeqCst),
            Some("stopped") => _ = known.stopped[agent].fetch_add(1, SeqCst),
            Some("needs_approval" | "denied") => {}
            _ => known.fault(reply.to_string()),
        }
    }
}

fn load(house: &House, known: &Arc<Known>) -> Vec<JoinHandle<()>> {
    let clients = (0..CLIENTS).map(|number| {
        let agent = number % 2;
        let client = house.processes[number / 2 % 2].agent(&house.keys[agent]);
        tokio::spawn(work(client, agent, known.clone()))
    });
    clients.collect()
}

/// The most that ever stood in a window of so many seconds: requests or minor units of an agent.
async fn most_of_agent(house: &House, what: &str, seconds: u32) -> i64 {
    // A window leaves out what is exactly as old as it is long.
    let most = format!(
        "select coalesce(max(most), 0)::bigint from (
             select {what} over (
                 partition by agent_id order by asked_at
                 range between interval '{seconds} seconds' - interval '1 microsecond' preceding and current row
             ) as most
             from requests where action = 'order.refund' and state in ('waiting', 'granted')
         ) of_each"
    );
    house.shop.database.count(most).await
}

/// The same of a customer, among those that were decided like this; they are all of one day.
async fn most_of_customer(house: &House, what: &str, decided: &str) -> i64 {
    let most = format!(
        "select coalesce(max(most), 0)::bigint from (
             select {what} as most from requests
             where action = 'order.refund' and decision in ({decided}) group by agent_id, customer_id
         ) of_each"
    );
    house.shop.database.count(most).await
}

/// How many were decided each way.
async fn decisions(house: &House) -> BTreeMap<String, i64> {
    let counts = sqlx::query_as("select decision, count(*) from requests group by decision");
    counts.fetch_all(&house.shop.database.owner).await.unwrap().into_iter().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_while_windows_cross_let_nothing_through_and_no_cap_is_passed() {
    let house = House::open().await;
    limit(&house).await;
    let known = Arc::new(Known::default());
    let load = load(&house, &known);

    for round in 0..ROUNDS {
        let (slug, held): (_, &[usize]) = match round % 3 {
            0 => (Some(SLUGS[0]), &[0]),
            1 => (Some(SLUGS[1]), &[1]),
            _ => (None, &[0, 1]),
        };
        let names: Vec<&str> = held.iter().map(|agent| SLUGS[*agent]).collect();
        known.await_more(&known.allowed, &[0, 1], 4).await;

        house.stop(round % 2, slug).await;
        held.iter().for_each(|agent| _ = known.phases[*agent].fetch_add(1, SeqCst));
        let counted = house.grants(&names, "").await;
        known.await_more(&known.stopped, held, 2 * CLIENTS as u64).await;
        assert_eq!(house.grants(&names, "").await, counted, "round {round}: granted after the stop's answer");

        held.iter().for_each(|agent| _ = known.phases[*agent].fetch_add(1, SeqCst));
        house.release((round + 1) % 2, slug).await;
    }
    known.await_more(&known.allowed, &[0, 1], 4).await;
    known.ends.store(true, SeqCst);
    for task in load {
        task.await.unwrap();
    }
    assert_eq!(*known.faults.lock().unwrap(), [""; 0]);
    assert_eq!(house.grants_while_stopped().await, 0);

    let decisions = decisions(&house).await;
    println!("{decisions:?}");
    for decision in ["allowed", "needs_approval", "denied", "stopped"] {
        assert!(decisions.contains_key(decision), "nothing was {decision}: {decisions:?}");
    }
    let minor = |amount: &str| money(amount).minor;
    let taken = "'allowed', 'needs_approval'";
    // A cap that is never met is not tried; a sum is met where a larger amount does not fit any more.
    let met = |most: i64, cap: &str| (minor(cap) - minor("7.00") + 1..=minor(cap)).contains(&most);
    assert_eq!(most_of_agent(&house, "count(*)", 1).await, i64::from(MOST_OF_AGENT));
    let paid = most_of_agent(&house, "sum(amount_minor)", 2).await;
    assert!(met(paid, MOST_PAID_BY_AGENT), "{paid}");
    assert_eq!(most_of_customer(&house, "count(*)", taken).await, i64::from(MOST_OF_CUSTOMER));
    let paid = most_of_customer(&house, "sum(amount_minor)", taken).await;
    assert!(met(paid, MOST_PAID_TO_CUSTOMER), "{paid}");
    assert_eq!(most_of_customer(&house, "count(*)", "'allowed'").await, i64::from(MOST_ALLOWED));
    no_deadlock(house).await;
}

/// What sessions met is counted for certain once they are over.
async fn no_deadlock(house: House) {
    let House { shop, processes, .. } = house;
    let [first, second] = processes;
    first.kill().await;
    second.kill().await;
    drop(shop.governance);
    let begun = Instant::now();
    let left = "select count(*) from pg_stat_activity where datname = current_database() and usename <> current_user";
    while shop.database.count(left).await > 0 {
        assert!(begun.elapsed() < PATIENCE, "sessions of a server that was killed go on");
        sleep(Duration::from_millis(10)).await;
    }
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(shop.database.count(deadlocks).await, 0);
}
