//! Load on a running Reins: how many durable decisions a second, and how long each takes.
//!
//! Starts the given `reins` with a private PostgreSQL in an empty folder, gives it eight agents, and asks through the
//! agent API as agents do: each request a new one, with a body of about 1.3 kB, for one of 10,000 customers.
//! A latency counts from the moment at which a request was due, so that a stall counts for all that wait behind it.
//!
//! With a second `reins`, and the agent file that this one reads, the two take turns: `pairs.rs`. With the word `pages`, pages are measured: `pages.rs`.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench that cannot go on has failed")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

mod body;
mod pages;
mod pairs;
mod retention;
mod shop;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use body::body;
use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use shop::{ADDRESS, Shop};
use tokio::{net::TcpStream, task::JoinSet};

const WARM_UP: Duration = Duration::from_secs(5);
const MEASURED: Duration = Duration::from_secs(20);
/// Connections; an agent waits for its answer before it asks again on one.
const SATURATING: usize = 256;
const STEADY: usize = 128;
/// Requests a second, in all.
const RATES: [u64; 2] = [1000, 3000];

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["pages", binary] => pages::run(binary, 10_000_000).await,
        ["pages", binary, entries] => pages::run(binary, entries.parse().expect("a number of entries")).await,
        ["retention", binary] => retention::run(binary, 1_000_000).await,
        ["retention", binary, entries] => {
            retention::run(binary, entries.parse().expect("a number of entries")).await;
        }
        [binary] => one(binary).await,
        [binary, before, agent_before] => pairs::run(binary, before, agent_before).await,
        _ => panic!("usage: bench REINS [REINS_BEFORE AGENT_FILE_BEFORE] or bench pages|retention REINS [ENTRIES]"),
    }
}

async fn one(binary: &str) {
    let shop = Shop::open(binary, shop::AGENT);
    let load = Arc::new(Load { keys: shop.keys.clone(), next: AtomicU64::new(0) });

    let warm_up = load.run(STEADY, Some(RATES[0]), WARM_UP).await;
    println!("Warming up: {} answers other than a decision.\n", warm_up.other);
    println!("| asked | answered a second | allowed | asks a person | other | p50 | p95 | p99 | worst |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    // What is written as fast as it goes keeps the disk busy for a while after: it comes last.
    for rate in RATES {
        load.run(STEADY, Some(rate), MEASURED).await.print(&format!("{rate} a second"), MEASURED);
    }
    load.run(SATURATING, None, MEASURED).await.print("as fast as it answers", MEASURED);
    let decided = load.next.load(Ordering::Relaxed);
    println!("\nRequests in the record: {} of {decided} asked.", shop.requests());
}

struct Load {
    keys: Vec<String>,
    next: AtomicU64,
}

struct Tally {
    /// In microseconds.
    latency: Histogram<u64>,
    allowed: u64,
    asks: u64,
    other: u64,
}

impl Tally {
    fn new() -> Self {
        Self { latency: Histogram::new(3).unwrap(), allowed: 0, asks: 0, other: 0 }
    }

    fn add(&mut self, other: &Self) {
        self.latency.add(&other.latency).unwrap();
        self.allowed += other.allowed;
        self.asks += other.asks;
        self.other += other.other;
    }

    fn ms(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1000.0
    }

    fn rate(&self, time: Duration) -> f64 {
        (self.allowed + self.asks) as f64 / time.as_secs_f64()
    }

    fn print(&self, name: &str, time: Duration) {
        let ms = |quantile: f64| self.ms(quantile);
        let rate = self.rate(time);
        println!(
            "| {name} | {rate:.0} | {} | {} | {} | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms |",
            self.allowed,
            self.asks,
            self.other,
            ms(0.5),
            ms(0.95),
            ms(0.99),
            ms(1.0)
        );
    }
}

impl Load {
    /// Asks on so many connections: at `rate` a second in all, or each as soon as it has its answer.
    async fn run(self: &Arc<Self>, connections: usize, rate: Option<u64>, time: Duration) -> Tally {
        let mut senders = Vec::with_capacity(connections);
        for _ in 0..connections {
            senders.push(connect().await);
        }
        let start = Instant::now() + Duration::from_millis(50);
        let mut tasks = JoinSet::new();
        for (connection, sender) in senders.into_iter().enumerate() {
            tasks.spawn(self.clone().ask_for(sender, connection, connections, rate, start, time));
        }
        let mut all = Tally::new();
        while let Some(tally) = tasks.join_next().await {
            all.add(&tally.unwrap());
        }
        all
    }

    async fn ask_for(
        self: Arc<Self>,
        mut sender: SendRequest<Full<Bytes>>,
        connection: usize,
        connections: usize,
        rate: Option<u64>,
        start: Instant,
        time: Duration,
    ) -> Tally {
        let mut tally = Tally::new();
        let end = start + time;
        let mut due = start;
        if let Some(rate) = rate {
            due += Duration::from_secs_f64(connection as f64 / rate as f64);
        }
        while due < end {
            tokio::time::sleep_until(due.into()).await;
            let (status, body) = self.ask(&mut sender, connection).await;
            let taken = u64::try_from(due.elapsed().as_micros()).unwrap();
            tally.latency.record(taken).unwrap();
            match (status, body) {
                (201, body) if contains(&body, br#""decision":"allowed""#) => tally.allowed += 1,
                (201, body) if contains(&body, br#""decision":"needs_approval""#) => tally.asks += 1,
                _ => tally.other += 1,
            }
            due = match rate {
                Some(rate) => due + Duration::from_secs_f64(connections as f64 / rate as f64),
                None => Instant::now(),
            };
        }
        tally
    }

    async fn ask(&self, sender: &mut SendRequest<Full<Bytes>>, connection: usize) -> (u16, Bytes) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let request = Request::post("/api/v1/actions")
            .header("host", ADDRESS)
            .header("authorization", format!("Bearer {}", self.keys[connection % self.keys.len()]))
            .header("content-type", "application/json")
            .header("idempotency-key", format!("load-{number}"))
            .body(Full::from(body(number)))
            .unwrap();
        sender.ready().await.unwrap();
        let response = sender.send_request(request).await.unwrap();
        let status = response.status().as_u16();
        (status, response.into_body().collect().await.unwrap().to_bytes())
    }
}

async fn connect() -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(ADDRESS).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
