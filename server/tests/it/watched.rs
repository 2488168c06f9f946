//! What whoever runs Reins sees of it: its metrics, its log, and the id of each call.

use std::{collections::BTreeSet, fs::File, process::Stdio, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use domain::{role::Role, view::KeyKind};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use tower::ServiceExt;
use uuid::Uuid;

use crate::{
    browser::PASSWORD,
    client::Client,
    front::{Answer, Front, refund, secret},
    process::Process,
    support::Shop,
};

/// The metrics as they stand.
async fn metrics(front: &Front) -> Answer {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = front.metrics.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// The value of a sample, by its name with its labels.
fn value(text: &str, sample: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {sample} in {text}")).parse().unwrap()
}

#[tokio::test]
async fn what_was_decided_and_how_long_it_took_is_in_the_metrics() {
    let front = Front::open().await;
    front.ask(&refund("5.00")).await;
    front.ask(&refund("5.00")).await;
    front.ask(&refund("80.00")).await;
    front.post("/actions", "again", &refund("6.00")).await;
    front.post("/actions", "again", &refund("6.00")).await;
    front.post_text("no key", "/actions", "k", "{}").await;
    let admin = front.signed_in(Role::Admin).await;
    assert_eq!(admin.get("/agents/support").await.status, 200);
    admin.post("/stop/support", "").await;

    let shown = metrics(&front).await;
    assert_eq!(
        (shown.status.as_u16(), shown.header("content-type")),
        (200, "application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    let is = |sample: &str| value(&shown.text, sample);
    assert_eq!(is("reins_decisions_total{verdict=\"allowed\"}"), 3.0, "what was answered again is no decision");
    assert_eq!(is("reins_decisions_total{verdict=\"needs_approval\"}"), 1.0);
    assert_eq!(is("reins_decisions_total{verdict=\"denied\"}"), 0.0);
    assert_eq!(is("reins_calls_total{what=\"ask\",end=\"2xx\"}"), 5.0);
    assert_eq!(is("reins_calls_total{what=\"ask\",end=\"4xx\"}"), 1.0);
    assert_eq!(is("reins_calls_total{what=\"page\",end=\"2xx\"}"), 1.0);
    assert_eq!(is("reins_call_seconds_count{what=\"stop\"}"), 1.0);
    assert_eq!(is("reins_call_seconds_bucket{le=\"+Inf\",what=\"ask\"}"), 6.0);
    assert!(is("reins_call_seconds_sum{what=\"ask\"}") > 0.0);
    assert_eq!(is("reins_group_asks_sum"), 5.0);
    assert!(is("reins_control_loads_total") >= 1.0 && is("reins_control_revision") >= 1.0);
    assert!(is("reins_pool_acquire_seconds_count{pool=\"pages\"}") >= 1.0);
    for (sample, expected) in [
        ("reins_door_waiting", 0.0),
        ("reins_door_turned_away_total", 0.0),
        ("reins_groups_at_work", 0.0),
        ("reins_pool_waiting{pool=\"decisions\"}", 0.0),
        ("reins_pool_most_connections{pool=\"stops\"}", 4.0),
        ("reins_streams_held", 0.0),
        ("reins_strangers_refused_total", 0.0),
        ("reins_holds_back", 0.0),
    ] {
        assert_eq!(is(sample), expected, "{sample}");
    }
}

#[tokio::test]
async fn metrics_are_whole_name_nobody_and_are_not_where_people_are() {
    let front = Front::open().await;
    front.ask(&refund("5.00")).await;
    let shown = metrics(&front).await;
    assert!(shown.text.ends_with("# EOF\n"));
    let families: BTreeSet<&str> = shown.text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let families: BTreeSet<&str> = families.into_iter().filter_map(|line| line.split(' ').next()).collect();
    for line in shown.text.lines().filter(|line| !line.starts_with('#')) {
        let (name, number) = line.rsplit_once(' ').unwrap();
        assert!(number.parse::<f64>().is_ok(), "{line}");
        let name = name.split('{').next().unwrap();
        let ends = ["", "_total", "_info", "_bucket", "_sum", "_count"];
        assert!(ends.iter().any(|end| name.strip_suffix(end).is_some_and(|name| families.contains(name))), "{line}");
    }
    for name in ["support", "omar", &front.key, "order.refund", "127.0.0.1"] {
        assert!(!shown.text.contains(name), "{name}");
    }
    let admin = front.signed_in(Role::Admin).await;
    assert_eq!(admin.get("/metrics").await.status, 404);
    assert_eq!(front.browser().get("/metrics").await.status, 303);
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let front = Front::open().await;
    let mut ids = BTreeSet::new();
    for path in ["/", "/sign-in", "/nothing-here", "/health", "/health", "/api/v1/agent", "/api/v1/nothing", "/%ff"] {
        let answer = front.browser().get(path).await;
        ids.insert(answer.header("x-request-id").parse::<Uuid>().unwrap());
    }
    assert_eq!(ids.len(), 8);
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_has_a_line_for_each_call_and_nothing_of_what_is_in_it() {
    let shop = Shop::open().await;
    shop.governance.add_person(&shop.admin, "zoe@log.example", "Zoe", Role::Admin, PASSWORD).await.unwrap();
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let path = std::env::temp_dir().join(format!("reins {} calls", std::process::id()));
    let environment = [("REINS_LOG_CALLS", "all"), ("REINS_LOG_FORMAT", "json")];
    let log = File::create(&path).unwrap();
    let process = Process::serve_with(&shop.database.server_url(), None, &environment, log.into()).await;
    let cookie = process.sign_in("zoe@log.example").await;

    let mut agent = process.agent(&key).sending("traceparent", &format!("00-{TRACE}-00f067aa0ba902b7-01"));
    let asked = agent.post("/api/v1/actions", "the-key-of-this", &refund("80.00").to_string()).await.unwrap();
    let id = asked.json()["id"].as_str().unwrap().to_owned();
    let mut hostile = process.agent(&key).sending("traceparent", "00-[31m-of-nobody-01");
    let looked = hostile.get(&format!("/api/v1/actions/{id}?wait=0")).await.unwrap();
    let mut browser = process.browser(&cookie);
    browser.get(&format!("/approvals/{id}?from=secret-of-the-query")).await.unwrap();
    browser.post("/api/app/approvals/calls/reject", "", &format!("id={id}&reason=secret-of-the-body")).await.unwrap();
    browser.post("/stop/support", "", "reason=secret-of-the-body").await.unwrap();
    browser.get("/nowhere-that-is").await.unwrap();
    process.end().await;

    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    // What is said before there is a log, such as that there is no client, is no line of it.
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let calls: Vec<&Value> = lines.iter().filter(|line| line["message"] == "call").collect();
    let told = calls.iter().map(|call| {
        format!("{} {} {}", call["method"].as_str().unwrap(), call["route"].as_str().unwrap(), call["status"])
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "POST /sign-in 303",
            "POST /api/v1/actions 201",
            "GET /api/v1/actions/{id} 200",
            "GET /approvals/{id} 200",
            "POST /api/app/approvals/calls/reject 302",
            "POST /stop/{slug} 303",
            "GET - 404",
        ]
    );
    let hex = |id: &str| id.replace('-', "");
    assert_eq!((&calls[1]["trace"], &calls[1]["id"]), (&TRACE.into(), &asked.header("x-request-id").into()));
    assert_eq!(calls[2]["trace"], hex(looked.header("x-request-id")), "a call without a trace is one of its own");
    assert!(calls.iter().all(|call| call["ms"].as_f64().unwrap() > 0.0 && call["level"] == "INFO"), "{text}");
    for hidden in
        [&key, &id, &cookie, "secret-of", "the-key-of-this", "omar", "127.0.0.1", "zoe", "nowhere-that-is", "31m"]
    {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let shop = Shop::open().await;
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let all = [("REINS_LOG_CALLS", "all")];
    let database = shop.database.server_url();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let full = Process::serve_with(&database, None, &all, full.into()).await;
    let mut closed = Process::serve_with(&database, None, &all, Stdio::piped()).await;
    closed.hang_up_on_its_log();
    for process in [&full, &closed] {
        let mut agent = process.agent(&key);
        for number in 0..20 {
            let answer = agent
                .post("/api/v1/actions", &format!("{}-{number}", process.address), &refund("5.00").to_string())
                .await;
            assert_eq!(answer.unwrap().status, 201);
        }
        assert_eq!(process.browser("").get("/health").await.unwrap().status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_served_where_it_is_said() {
    let shop = Shop::open().await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let environment = [("REINS_METRICS", address.as_str())];
    let process = Process::serve_with(&shop.database.server_url(), None, &environment, Stdio::inherit()).await;
    let mut watcher = Client::browser(&address, "");
    let mut shown = watcher.get("/metrics").await.unwrap();
    assert!(shown.status == 200 && shown.text.contains("reins_build_info{version="), "{shown:?}");
    let begun = Instant::now();
    while !shown.text.contains("reins_jobs_total{job=\"deadlines\",end=\"done\"} ") {
        assert!(begun.elapsed() < Duration::from_secs(20), "no job is counted: {shown:?}");
        sleep(Duration::from_millis(100)).await;
        shown = watcher.get("/metrics").await.unwrap();
    }
    assert_eq!(process.browser("").get("/metrics").await.unwrap().status, 303);
}
