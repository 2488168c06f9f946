//! The promise, over HTTP and between processes: after a stop's answer nothing is granted until the release.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use domain::{id::RequestId, role::Role, view::KeyKind};
use serde_json::json;
use tokio::{task::JoinHandle, time::sleep};
use uuid::Uuid;

use crate::{
    browser::PASSWORD,
    client::{Client, Reply},
    front::{refund, secret},
    process::Process,
    support::{Shop, measured},
};

const CLIENTS: usize = 16;
const ROUNDS: usize = 20;
pub const SLUGS: [&str; 2] = ["support", "returns"];

/// Two processes on one shop with two agents, and the sessions of who stops and who releases.
pub struct House {
    pub shop: Shop,
    pub processes: [Process; 2],
    pub keys: [String; 2],
    auditor: String,
    operator: String,
}

impl House {
    pub async fn open() -> Self {
        let shop = Shop::open().await;
        shop.second_agent("returns").await;
        let mut keys = Vec::new();
        for slug in SLUGS {
            keys.push(secret(&shop.governance, &shop.admin, slug, KeyKind::Agent).await);
        }
        for role in [Role::Auditor, Role::Operator] {
            let email = format!("{}@house.example", role.name());
            shop.governance.add_person(&shop.admin, &email, role.name(), role, PASSWORD).await.unwrap();
        }
        let url = shop.database.server_url();
        let processes = [Process::serve(&url).await, Process::serve(&url).await];
        let auditor = processes[0].sign_in("auditor@house.example").await;
        let operator = processes[1].sign_in("operator@house.example").await;
        Self { shop, processes, keys: keys.try_into().unwrap(), auditor, operator }
    }

    /// Presses the button as a plain form; gives how long the answer took, and after how long the stop held.
    pub async fn stop(&self, process: usize, slug: Option<&str>) -> (Duration, Duration) {
        let clock = |time: &str| format!("select (extract(epoch from {time}) * 1000000)::bigint");
        let pressed = self.shop.database.count(clock("clock_timestamp()")).await;
        let mut browser = self.processes[process].browser(&self.auditor);
        let path = slug.map_or_else(|| "/stop".to_owned(), |slug| format!("/stop/{slug}"));
        let (reply, time) = measured(browser.post(&path, "", "")).await;
        let reply = reply.unwrap();
        assert_eq!((reply.status, reply.header("location")), (303, "/stop"), "{reply:?}");
        let held = self.shop.database.count(format!("{} from stops", clock("max(engaged_at)"))).await;
        (time, Duration::from_micros(u64::try_from(held - pressed).unwrap()))
    }

    pub async fn release(&self, process: usize, slug: Option<&str>) {
        let mut browser = self.processes[process].browser(&self.operator);
        let held = self.shop.held(slug).await;
        let (stop, said) = (held.id, held.said);
        let reply =
            browser.post("/release", "", &format!("stop={stop}&seen={said}&reason=next&confirm=1")).await.unwrap();
        assert_eq!((reply.status, reply.header("location")), (303, &*format!("/stops?released={stop}")), "{reply:?}");
    }

    /// Hangs a process at a moment at which it holds the control lock: nobody else idles in a transaction for so long.
    async fn catch_in_a_transaction(&self, process: &Process) {
        let held = "select count(*) from pg_stat_activity a join pg_locks l using (pid)
             where a.datname = current_database() and a.state = 'idle in transaction'
                 and a.state_change < clock_timestamp() - interval '50 milliseconds'
                 and l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted";
        for _ in 0..100 {
            process.signal("STOP").await;
            sleep(Duration::from_millis(60)).await;
            // Only a session of the same role is shown what another does.
            let mut session = self.shop.database.server_session().await;
            if sqlx::query_scalar::<_, i64>(held).fetch_one(&mut session).await.unwrap() > 0 {
                return;
            }
            process.signal("CONT").await;
            sleep(Duration::from_millis(7)).await;
        }
        panic!("the process was never caught in a transaction");
    }

    /// Grants, at once or by a claim, of these agents.
    pub async fn grants(&self, slugs: &[&str], besides: &str) -> i64 {
        let slugs = slugs.join("', '");
        let count = format!(
            "select count(*) from entries e join agents a on a.id = e.agent_id
             where a.slug in ('{slugs}') and (e.decision = 'allowed' or e.kind = 'claimed') {besides}"
        );
        self.shop.database.count(count).await
    }

    /// Grants that are dated within a stop of their agent, the newest one left out while it holds.
    pub async fn grants_while_stopped(&self) -> i64 {
        let within = "and exists (
            select from stops s where coalesce(s.agent_id, e.agent_id) = e.agent_id
                and e.at > s.engaged_at and e.at < coalesce(s.released_at, clock_timestamp()))";
        self.grants(&SLUGS, within).await
    }
}

/// What the clients know of the stops, and what they have seen.
#[derive(Default)]
struct Knowledge {
    /// By agent: odd from a stop's answer until its release is sent.
    phases: [AtomicU64; 2],
    ends: AtomicBool,
    granted: AtomicU64,
    stopped: AtomicU64,
    /// Calls that got no answer, or were told that the record is away.
    lost: AtomicU64,
    faults: Mutex<Vec<String>>,
}

struct Worker {
    client: Client,
    agent: usize,
    /// Its own customer, so that the rules see nothing of the others.
    customer: String,
    known: Arc<Knowledge>,
    shop: governance::Governance,
    lead: governance::Actor,
    /// A key that was granted, to be repeated.
    earlier: Option<String>,
}

impl Worker {
    async fn work(mut self) {
        let mut round = 0;
        while !self.known.ends.load(SeqCst) {
            round += 1;
            match round % 6 {
                0 => self.ask_and_claim().await,
                3 => {
                    if let Some(key) = self.earlier.clone() {
                        self.ask(&key, "1.00").await;
                    }
                }
                _ => {
                    let key = Uuid::now_v7().to_string();
                    if self.ask(&key, "1.00").await.is_some_and(|reply| reply.status == 201) {
                        self.earlier = Some(key);
                    }
                }
            }
        }
    }

    async fn ask(&mut self, key: &str, amount: &str) -> Option<Reply> {
        let mut body = refund(amount);
        body["customer"]["id"] = json!(self.customer);
        body["trigger"] = json!(self.customer);
        self.call("/api/v1/actions", key, &body.to_string()).await
    }

    async fn ask_and_claim(&mut self) {
        let Some(reply) = self.ask(&Uuid::now_v7().to_string(), "80.00").await else { return };
        if reply.status != 201 || reply.json()["decision"] != "needs_approval" {
            return;
        }
        let id: RequestId = reply.json()["id"].as_str().unwrap().parse().unwrap();
        let Ok(seen) = self.shop.request(&self.lead, id).await else { return };
        if self.shop.approve(&self.lead, id, &seen.digest, "").await.is_ok() {
            for _ in 0..2 {
                self.call(&format!("/api/v1/actions/{id}/claim"), "claim", "").await;
            }
        }
    }

    /// Calls, and checks that a grant does not answer what was sent within a stop.
    async fn call(&mut self, path: &str, key: &str, body: &str) -> Option<Reply> {
        let phase = &self.known.phases[self.agent];
        let before = phase.load(SeqCst);
        let reply = self.client.post(path, key, body).await;
        let within = before % 2 == 1 && phase.load(SeqCst) == before;
        let Ok(reply) = reply.map_err(|_| self.known.lost.fetch_add(1, SeqCst)) else {
            sleep(Duration::from_millis(20)).await;
            return None;
        };
        let granted = matches!(reply.status, 200 | 201) && reply.json()["grant"].is_object();
        let stopped = reply.text.contains("stopped");
        match reply.status {
            503 => _ = self.known.lost.fetch_add(1, SeqCst),
            200 | 201 | 409 => {}
            _ => self.known.faults.lock().unwrap().push(format!("{path}: {reply:?}")),
        }
        self.known.granted.fetch_add(u64::from(granted), SeqCst);
        self.known.stopped.fetch_add(u64::from(stopped), SeqCst);
        if granted && within {
            self.known.faults.lock().unwrap().push(format!("{path} within a stop: {reply:?}"));
        }
        Some(reply)
    }
}

fn load(house: &House, known: &Arc<Knowledge>) -> Vec<JoinHandle<()>> {
    let workers = (0..CLIENTS).map(|number| {
        let agent = usize::from(number % 4 == 0);
        let worker = Worker {
            client: house.processes[number / 2 % 2].agent(&house.keys[agent]),
            agent,
            customer: format!("customer {number}"),
            known: known.clone(),
            shop: house.shop.governance.clone(),
            lead: house.shop.ana.clone(),
            earlier: None,
        };
        tokio::spawn(worker.work())
    });
    workers.collect()
}

async fn end(known: &Knowledge, load: Vec<JoinHandle<()>>) {
    known.ends.store(true, SeqCst);
    for task in load {
        task.await.unwrap();
    }
    assert_eq!(*known.faults.lock().unwrap(), [""; 0]);
}

/// A grant and an approval of the support agent from before a stop, to be used after it.
struct Leftovers {
    key: String,
    claimed: String,
    approved: String,
}

impl Leftovers {
    async fn of(house: &House) -> Self {
        let mut agent = house.processes[0].agent(&house.keys[0]);
        let key = Uuid::now_v7().to_string();
        let granted = agent.post("/api/v1/actions", &key, &refund("1.00").to_string()).await.unwrap();
        assert_eq!(granted.json()["decision"], "allowed", "{granted:?}");
        let mut ids = Vec::new();
        for _ in 0..2 {
            let body = refund("80.00").to_string();
            let asked = agent.post("/api/v1/actions", &Uuid::now_v7().to_string(), &body).await.unwrap();
            let id = asked.json()["id"].as_str().unwrap().to_owned();
            // On a machine that is too busy a call may be in vain.
            for _ in 0..5 {
                if house.shop.approve(&house.shop.ben, id.parse().unwrap()).await.is_ok() {
                    break;
                }
            }
            ids.push(id);
        }
        let claimed = agent.post(&format!("/api/v1/actions/{}/claim", ids[0]), "c", "").await.unwrap();
        assert_eq!(claimed.status, 200, "{claimed:?}");
        Self { key, claimed: ids.remove(0), approved: ids.remove(0) }
    }

    /// None of it is a leave any more, on any process.
    async fn are_void(&self, house: &House) {
        for process in &house.processes {
            let mut agent = process.agent(&house.keys[0]);
            let again = agent.post("/api/v1/actions", &self.key, &refund("1.00").to_string()).await.unwrap();
            assert_eq!((again.status, again.slug()), (409, "stopped".to_owned()));
            for id in [&self.claimed, &self.approved] {
                let claim = agent.post(&format!("/api/v1/actions/{id}/claim"), "c", "").await.unwrap();
                assert_eq!((claim.status, claim.slug()), (409, "stopped".to_owned()));
                assert_eq!(claim.json()["id"], json!(id));
            }
            let (key, body) = (Uuid::now_v7().to_string(), refund("1.00").to_string());
            let fresh = agent.post("/api/v1/actions", &key, &body).await.unwrap();
            assert_eq!(fresh.json()["decision"], "stopped");
            assert_eq!(agent.get("/api/v1/agent").await.unwrap().json()["stopped"], true);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_stops_of_two_processes_under_load_let_nothing_through() {
    let house = House::open().await;
    let known = Arc::new(Knowledge::default());
    let load = load(&house, &known);

    let mut took = Vec::new();
    for round in 0..ROUNDS {
        sleep(Duration::from_millis(100)).await;
        let leftovers = Leftovers::of(&house).await;
        let (slug, held): (_, &[usize]) = if round % 2 == 0 { (Some("support"), &[0]) } else { (None, &[0, 1]) };
        let names: Vec<&str> = held.iter().map(|agent| SLUGS[*agent]).collect();

        took.push(house.stop(round / 2 % 2, slug).await);
        held.iter().for_each(|agent| _ = known.phases[*agent].fetch_add(1, SeqCst));
        let counted = house.grants(&names, "").await;
        leftovers.are_void(&house).await;
        sleep(Duration::from_millis(60)).await;
        assert_eq!(house.grants(&names, "").await, counted, "round {round}: granted after the stop's answer");

        held.iter().for_each(|agent| _ = known.phases[*agent].fetch_add(1, SeqCst));
        house.release((round / 2 + 1) % 2, slug).await;
    }
    end(&known, load).await;
    assert_eq!(house.grants_while_stopped().await, 0);

    took.sort();
    let (longest, held) = took[ROUNDS - 1];
    let (granted, stopped) = (known.granted.load(SeqCst), known.stopped.load(SeqCst));
    let lost = known.lost.load(SeqCst);
    println!(
        "{granted} grants, {stopped} stopped, {lost} lost; a stop took {:?} at the median, {longest:?} at the most (it held after {held:?})",
        took[ROUNDS / 2].0
    );
    assert!(granted > 100 && stopped > 20, "there was no load");
    assert_eq!(lost, 0);
    assert!(longest < Duration::from_secs(1), "{longest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_hangs_does_not_hold_up_a_stop_through_another() {
    let house = House::open().await;
    let known = Arc::new(Knowledge::default());
    let load = load(&house, &known);
    let [stuck, _] = &house.processes;

    let mut took = Vec::new();
    for round in 0..6 {
        sleep(Duration::from_millis(400)).await;
        house.catch_in_a_transaction(stuck).await;
        took.push(house.stop(1, None).await);
        known.phases.iter().for_each(|phase| _ = phase.fetch_add(1, SeqCst));
        let counted = house.grants(&SLUGS, "").await;

        stuck.signal("CONT").await;
        sleep(Duration::from_millis(700)).await;
        assert_eq!(house.grants(&SLUGS, "").await, counted, "round {round}: granted by the process that hung");
        known.phases.iter().for_each(|phase| _ = phase.fetch_add(1, SeqCst));
        house.release(1, None).await;
    }
    let (granted, deadline) = (known.granted.load(SeqCst), tokio::time::Instant::now() + Duration::from_secs(5));
    let mut agent = stuck.agent(&house.keys[0]);
    loop {
        let asked = agent.post("/api/v1/actions", &Uuid::now_v7().to_string(), &refund("1.00").to_string()).await;
        if asked.is_ok_and(|reply| reply.status == 201 && reply.json()["decision"] == "allowed") {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "the process that hung does not work again");
    }
    end(&known, load).await;
    assert_eq!(house.grants_while_stopped().await, 0);

    took.sort();
    let lost = known.lost.load(SeqCst);
    println!("{granted} grants, {lost} lost; a stop beside a process that hangs took {took:?}");
    assert!(took[took.len() - 1].0 < Duration::from_secs(2), "{took:?}");
}
