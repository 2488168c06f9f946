//! Crashes at any moment: no decision without its entry, and no answer that is not in the record.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::view::KeyKind;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use uuid::Uuid;

use crate::{
    client::Client,
    front::{refund, secret},
    process::Process,
    support::Shop,
};

const CLIENTS: usize = 8;
const CRASHES: usize = 3;

/// What is waited for comes within this time, or the test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// By turns a refund is the agent's own, waits for people, and is beyond its limit.
const AMOUNTS: [(&str, &str); 3] = [("1.00", "allowed"), ("80.00", "needs_approval"), ("600.00", "denied")];

/// A shop with an agent, and what belongs to the sessions of its own tests.
struct House {
    shop: Shop,
    key: String,
    /// A session of the server's role.
    beside: PgConnection,
    /// Sessions that are no server's.
    own: Vec<i32>,
}

impl House {
    async fn open() -> Self {
        let shop = Shop::open().await;
        let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
        let mut beside = shop.database.server_session().await;
        let own = sqlx::query_scalar(
            "select pid from pg_stat_activity where datname = current_database() and usename = current_user",
        );
        let own = own.fetch_all(&mut beside).await.unwrap();
        Self { shop, key, beside, own }
    }

    /// Ends every session of the server; gives how many there were.
    async fn end_sessions(&mut self) -> i64 {
        let ended = sqlx::query_scalar(
            "select count(*) filter (where pg_terminate_backend(pid)) from pg_stat_activity
             where datname = current_database() and usename = current_user and pid <> all ($1)",
        );
        ended.bind(&self.own).fetch_one(&mut self.beside).await.unwrap()
    }

    /// Waits until what a server left behind is over: its sessions end with the statement that they were at.
    async fn settle(&mut self) {
        let begun = Instant::now();
        loop {
            let left = sqlx::query_scalar::<_, i64>(
                "select count(*) from pg_stat_activity
                 where datname = current_database() and usename = current_user and pid <> all ($1)",
            );
            if left.bind(&self.own).fetch_one(&mut self.beside).await.unwrap() == 0 {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "sessions of a server that was killed go on");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Every request has its entry, every entry its request, and they say the same; what was answered is among them.
    async fn check(&self, answered: &HashMap<String, Answered>) {
        for (what, broken) in [
            (
                "requests without their entry",
                "select count(*) from requests r where not exists (
                     select from entries e where e.kind = 'asked' and e.request_id = r.id and e.id = r.body_entry
                         and e.decision = r.decision and e.agent_id = r.agent_id and e.action = r.action)",
            ),
            (
                "entries without their request",
                "select count(*) from entries e where e.kind = 'asked'
                     and not exists (select from requests r where r.id = e.request_id)",
            ),
            (
                "entries without what lies beside them",
                "select count(*) from entries e where e.personal_hash is not null
                     and not exists (select from personal p where p.entry_id = e.id)",
            ),
            (
                "what lies beside no entry",
                "select count(*) from personal p where not exists (select from entries e where e.id = p.entry_id)",
            ),
        ] {
            assert_eq!(self.shop.database.count(broken).await, 0, "{what}");
        }
        let requests = self.shop.database.count("select count(*) from requests").await;
        let entries = "select count(*) from entries where kind = 'asked'";
        assert_eq!(self.shop.database.count(entries).await, requests);

        let rows = sqlx::query_as::<_, (String, Uuid, String, String)>(
            "select idempotency_key, id, decision, state from requests",
        );
        let rows = rows.fetch_all(&self.shop.database.owner).await.unwrap();
        let stored: HashMap<_, _> =
            rows.into_iter().map(|(key, id, decision, state)| (key, (id, decision, state))).collect();
        for (key, answer) in answered {
            let Some((id, decision, state)) = stored.get(key) else {
                panic!("{answer:?} of {key} is not in the database")
            };
            assert_eq!((*id, decision, state), (answer.id, &answer.decision, &answer.state), "{key}");
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Answered {
    id: Uuid,
    decision: String,
    state: String,
}

/// What the clients share.
#[derive(Default)]
struct Known {
    answers: AtomicUsize,
    ends: AtomicBool,
}

impl Known {
    /// Waits for some more answers: work is in full swing then.
    async fn await_answers(&self, more: usize) {
        let (begun, before) = (Instant::now(), self.answers.load(SeqCst));
        while self.answers.load(SeqCst) < before + more {
            assert!(begun.elapsed() < PATIENCE, "no answers come");
            sleep(Duration::from_millis(1)).await;
        }
    }
}

/// A client that asks without end and remembers what it was told.
struct Asker {
    customer: String,
    asked: usize,
    /// What was sent and not answered: nobody knows whether it was decided.
    open: Option<(String, Value, &'static str)>,
    answered: HashMap<String, Answered>,
    /// Calls that were told that the record is away.
    unavailable: usize,
}

impl Asker {
    fn all() -> Vec<Self> {
        let one = |number| Self {
            customer: format!("customer {number}"),
            asked: 0,
            open: None,
            answered: HashMap::new(),
            unavailable: 0,
        };
        (0..CLIENTS).map(one).collect()
    }

    /// What is open again, with its own key, or else something new.
    fn next(&mut self) -> (String, Value, &'static str) {
        if let Some(open) = self.open.clone() {
            return open;
        }
        let (amount, decision) = AMOUNTS[self.asked % AMOUNTS.len()];
        self.asked += 1;
        let mut body = refund(amount);
        body["customer"]["id"] = json!(self.customer);
        body["trigger"] = json!(self.customer);
        let next = (Uuid::now_v7().to_string(), body, decision);
        self.open = Some(next.clone());
        next
    }

    /// Asks until it is told to end and nothing is open; stops where the server is gone.
    async fn work(mut self, mut client: Client, known: Arc<Known>) -> (Self, bool) {
        let begun = Instant::now();
        while !known.ends.load(SeqCst) || self.open.is_some() {
            assert!(begun.elapsed() < 2 * PATIENCE, "{:?} is never answered", self.open);
            let (key, body, decision) = self.next();
            let Ok(reply) = client.post("/api/v1/actions", &key, &body.to_string()).await else { return (self, true) };
            if reply.status == 503 {
                self.unavailable += 1;
                continue;
            }
            assert_eq!(reply.status, 201, "{reply:?}");
            let answer = reply.json();
            assert_eq!(answer["decision"], decision, "{answer}");
            assert_eq!(answer["grant"].is_object(), decision == "allowed", "{answer}");
            let text = |name: &str| answer[name].as_str().unwrap().to_owned();
            let answer = Answered { id: text("id").parse().unwrap(), decision: text("decision"), state: text("state") };
            assert_eq!(self.answered.insert(key, answer), None);
            self.open = None;
            known.answers.fetch_add(1, SeqCst);
        }
        (self, false)
    }
}

fn load(askers: Vec<Asker>, server: &Process, key: &str, known: &Arc<Known>) -> Vec<JoinHandle<(Asker, bool)>> {
    askers.into_iter().map(|asker| tokio::spawn(asker.work(server.agent(key), known.clone()))).collect()
}

/// The clients, and how many of them were cut off.
async fn join(load: Vec<JoinHandle<(Asker, bool)>>) -> (Vec<Asker>, usize) {
    let mut askers = Vec::new();
    let mut cut_off = 0;
    for task in load {
        let (asker, cut) = task.await.unwrap();
        askers.push(asker);
        cut_off += usize::from(cut);
    }
    (askers, cut_off)
}

fn answers(askers: Vec<Asker>) -> HashMap<String, Answered> {
    askers.into_iter().flat_map(|asker| asker.answered).collect()
}

/// Lets the clients repeat what was left open, and a little more, on a server that is well.
async fn answer_what_is_open(house: &House, askers: Vec<Asker>) -> HashMap<String, Answered> {
    let open: HashSet<String> = askers.iter().filter_map(|asker| asker.open.clone()).map(|(key, ..)| key).collect();
    let server = Process::serve(&house.shop.database.server_url()).await;
    let known = Arc::new(Known::default());
    let load = load(askers, &server, &house.key, &known);
    known.await_answers(4 * CLIENTS).await;
    known.ends.store(true, SeqCst);
    let (askers, cut_off) = join(load).await;
    assert_eq!(cut_off, 0);
    let answered = answers(askers);
    assert!(open.iter().all(|key| answered.contains_key(key)), "what was open is never answered");
    answered
}

/// Draws the moments; what failed is drawn again with its seed.
fn chance() -> StdRng {
    let given = std::env::var("REINS_CRASH_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or_else(|| rand::rng().random());
    println!("REINS_CRASH_SEED={seed}");
    StdRng::seed_from_u64(seed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_leaves_no_decision_without_its_entry() {
    let mut house = House::open().await;
    let mut askers = Asker::all();
    let mut chance = chance();
    for crash in 0..CRASHES {
        let server = Process::serve(&house.shop.database.server_url()).await;
        let known = Arc::new(Known::default());
        let load = load(askers, &server, &house.key, &known);
        // Any moment of its work.
        let (answers, microseconds) = (chance.random_range(20..200), chance.random_range(0..5_000));
        known.await_answers(answers).await;
        sleep(Duration::from_micros(microseconds)).await;
        server.kill().await;

        let cut_off;
        (askers, cut_off) = join(load).await;
        assert_eq!(cut_off, CLIENTS, "crash {crash}: somebody did not notice");
        house.settle().await;
        println!("crash {crash} after {answers} answers and {microseconds} µs");
        house.check(&askers.iter().flat_map(|asker| asker.answered.clone()).collect()).await;
    }

    let answered = answer_what_is_open(&house, askers).await;
    house.settle().await;
    house.check(&answered).await;
    // Once everything is answered, what was decided is what was answered, and nothing was decided twice.
    let requests = house.shop.database.count("select count(*) from requests").await;
    assert_eq!(usize::try_from(requests).unwrap(), answered.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_the_database_ends_leave_no_decision_without_its_entry() {
    let mut house = House::open().await;
    let server = Process::serve(&house.shop.database.server_url()).await;
    let known = Arc::new(Known::default());
    let load = load(Asker::all(), &server, &house.key, &known);
    let mut chance = chance();
    for _ in 0..10 {
        known.await_answers(chance.random_range(10..60)).await;
        sleep(Duration::from_micros(chance.random_range(0..5_000))).await;
        assert!(house.end_sessions().await > 0, "there was nothing to end");
    }
    // It works again by itself.
    known.await_answers(4 * CLIENTS).await;
    known.ends.store(true, SeqCst);
    let (askers, cut_off) = join(load).await;
    assert_eq!(cut_off, 0, "the server hung up");
    println!("{} calls were told that the record is away", askers.iter().map(|asker| asker.unavailable).sum::<usize>());
    server.kill().await;
    house.settle().await;

    let answered = answer_what_is_open(&house, askers).await;
    house.settle().await;
    house.check(&answered).await;
    let requests = house.shop.database.count("select count(*) from requests").await;
    assert_eq!(usize::try_from(requests).unwrap(), answered.len());
    house.beside.close().await.unwrap();
}
