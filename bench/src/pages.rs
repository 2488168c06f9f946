//! Pages of a shop that is full: how long they take, and that what they run reads no table whole.
//!
//! The shop is made once, in a folder that stays; the next run finds it there while the schema is the same.

use std::{
    collections::BTreeSet,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::Instant,
};

use hdrhistogram::Histogram;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, client::conn::http1::SendRequest};
use serde_json::{Value, json};

use crate::{
    body::body,
    connect,
    shop::{ADDRESS, ADMIN, AGENT, PASSWORD, Shop},
};

const SQL: &str = include_str!("pages.sql");
const FOLDER: &str = "/var/tmp/reins-pages-";
const WAITING: u64 = 10_000;

const WARM_UP: u32 = 10;
const MEASURED: u32 = 200;
/// Milliseconds, of the 95th of 100.
const AIM: f64 = 50.0;
/// Rows of a table that may be read whole.
const SMALL: u32 = 1_000;

pub async fn run(binary: &str, entries: u64) {
    let data = PathBuf::from(format!("{FOLDER}{:016x}", fingerprint(entries)));
    if !data.join("made").exists() {
        make(binary, &data, entries).await;
    }
    let shop = Shop::start(binary, data.clone(), true);
    let count = |what: &str| shop.sql("reins_owner", what);
    println!(
        "{} entries, {} requests, of which {} wait.\n",
        count("select count(*) from entries"),
        count("select count(*) from requests"),
        count("select count(*) from requests where state = 'waiting'")
    );
    let waits = count("select md5('waits 7')::uuid");
    let pages =
        [("Today", "/".to_owned()), ("Approvals", "/approvals".to_owned()), ("Activity", "/activity".to_owned())];
    let pages = [&pages[..], &[("a request", format!("/approvals/{waits}"))]].concat();
    let mut reader = Reader::sign_in().await;

    println!("| page | size | p50 | p95 | worst | |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (name, address) in &pages {
        let (size, took) = reader.measure(address).await;
        let ms = |quantile: f64| took.value_at_quantile(quantile) as f64 / 1000.0;
        let met = if ms(0.95) <= AIM { "" } else { "over 50 ms" };
        println!("| {name} | {size} bytes | {:.1} ms | {:.1} ms | {:.1} ms | {met} |", ms(0.5), ms(0.95), ms(1.0));
    }

    let addresses: Vec<&str> = pages.iter().map(|(_, address)| address.as_str()).collect();
    let whole = read_whole(&shop, &data.join("postgres.log"), &mut reader, &addresses).await;
    println!("\nStatements that read a table of more than {SMALL} rows whole: {}.", whole.len());
    for (table, statement) in &whole {
        println!("- {table}: {statement}");
    }
    assert!(whole.is_empty(), "no page reads a table whole");
}

/// Of what the shop is made by: it is made anew where that is another.
fn fingerprint(entries: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (SQL, entries, WAITING).hash(&mut hasher);
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let files: BTreeSet<PathBuf> = fs::read_dir(migrations).unwrap().map(|file| file.unwrap().path()).collect();
    files.iter().for_each(|file| fs::read(file).unwrap().hash(&mut hasher));
    hasher.finish()
}

async fn make(binary: &str, data: &Path, entries: u64) {
    let parent = Path::new(FOLDER).parent().unwrap();
    for old in fs::read_dir(parent).unwrap().map(|found| found.unwrap().path()) {
        if old.to_str().is_some_and(|path| path.starts_with(FOLDER)) {
            fs::remove_dir_all(old).unwrap();
        }
    }
    let begun = Instant::now();
    let mut shop = Shop::start(binary, data.to_owned(), true);
    shop.fill(AGENT);
    let mut agent = Agent { sender: connect().await, key: shop.keys[0].clone() };
    // One in ten asks a person.
    agent.post("/actions", "waits", &body(10)).await;
    let done = agent.post("/actions", "done", &body(1)).await;
    let id = done["id"].as_str().unwrap();
    let outcome = json!({ "grant": done["grant"]["token"], "status": "succeeded", "reference": "R1" });
    agent.post(&format!("/actions/{id}/outcome"), "", &outcome.to_string()).await;
    for number in [0, 1] {
        let feedback = json!({ "kind": "quality", "score": number });
        agent.post(&format!("/actions/{id}/feedback"), &format!("{number}"), &feedback.to_string()).await;
    }
    shop.script("reins_owner", SQL, &[("entries", entries), ("waiting", WAITING)]);
    fs::write(data.join("made"), "").unwrap();
    println!("Made in {} s.", begun.elapsed().as_secs());
}

struct Agent {
    sender: SendRequest<Full<Bytes>>,
    key: String,
}

impl Agent {
    async fn post(&mut self, path: &str, idempotency_key: &str, body: &str) -> Value {
        let request = Request::post(format!("/api/v1{path}"))
            .header("host", ADDRESS)
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json");
        let request = match idempotency_key {
            "" => request,
            key => request.header("idempotency-key", key),
        };
        self.sender.ready().await.unwrap();
        let sent = self.sender.send_request(request.body(Full::from(body.to_owned())).unwrap()).await;
        let (head, body) = sent.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        assert!(head.status.is_success(), "{path}: {} {}", head.status, String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap_or_default()
    }
}

/// An admin who reads.
struct Reader {
    sender: SendRequest<Full<Bytes>>,
    cookie: String,
}

impl Reader {
    async fn sign_in() -> Self {
        let mut sender = connect().await;
        let form = format!("email={}&password={}", ADMIN.replace('@', "%40"), PASSWORD.replace(' ', "+"));
        let request = Request::post("/sign-in")
            .header("host", ADDRESS)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Full::from(form))
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap().to_owned());
        let cookie = cookies.collect::<Vec<_>>().join("; ");
        answer.into_body().collect().await.unwrap();
        Self { sender, cookie }
    }

    /// The whole page; gives its size.
    async fn get(&mut self, address: &str) -> usize {
        let request = Request::get(address).header("host", ADDRESS).header("cookie", &self.cookie);
        let request = request.header("accept", "text/html").body(Full::default()).unwrap();
        self.sender.ready().await.unwrap();
        let answer: Response<_> = self.sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{address}");
        answer.into_body().collect().await.unwrap().to_bytes().len()
    }

    /// Its size, and the microseconds that it took.
    async fn measure(&mut self, address: &str) -> (usize, Histogram<u64>) {
        let (mut took, mut size) = (Histogram::new(3).unwrap(), 0);
        for _ in 0..WARM_UP {
            self.get(address).await;
        }
        for _ in 0..MEASURED {
            let begun = Instant::now();
            size = self.get(address).await;
            took.record(u64::try_from(begun.elapsed().as_micros()).unwrap()).unwrap();
        }
        (size, took)
    }
}

/// The tables that statements of these pages read whole, with the statements, by the plans that PostgreSQL logs.
async fn read_whole(shop: &Shop, log: &Path, reader: &mut Reader, addresses: &[&str]) -> BTreeSet<(String, String)> {
    let large =
        shop.sql("postgres", &format!("select relname from pg_class where relkind = 'r' and reltuples > {SMALL}"));
    let large: BTreeSet<&str> = large.lines().collect();
    let begin_anew = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'reins_server'";
    let explains = [
        "alter role reins_server set session_preload_libraries = 'auto_explain'",
        "alter role reins_server set auto_explain.log_min_duration = 0",
        begin_anew,
    ];
    explains.iter().for_each(|sql| drop(shop.sql("postgres", sql)));
    let from = fs::metadata(log).unwrap().len();
    for address in addresses.iter().chain(addresses) {
        reader.get(address).await;
    }
    for sql in ["alter role reins_server reset all", begin_anew] {
        shop.sql("postgres", sql);
    }
    let mut file = fs::File::open(log).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    let mut said = String::new();
    file.read_to_string(&mut said).unwrap();
    assert!(said.contains("Query Text: "), "PostgreSQL has logged no plan");

    let mut found = BTreeSet::new();
    for plan in said.split("Query Text: ").skip(1) {
        let statement = plan.split_whitespace().take(12).collect::<Vec<_>>().join(" ");
        let scans = plan.split("Seq Scan on ").skip(1).filter_map(|rest| rest.split_whitespace().next());
        found.extend(scans.filter(|table| large.contains(table)).map(|table| (table.to_owned(), statement.clone())));
    }
    found
}
