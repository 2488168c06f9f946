//! Kept connections: an answer leaves the connection fit for the next call, or says that it closes.

use std::{net::SocketAddr, time::Duration};

use futures::future::join_all;
use server::listen;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::front::{Front, config, refund};

/// One connection to the front, as an HTTP library keeps it.
struct Kept(BufReader<TcpStream>);

struct Answer {
    status: u16,
    closes: bool,
    body: String,
}

async fn serve(front: &Front) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = front.router.clone();
    tokio::spawn(async move { listen::serve(&listener, router, 100, std::future::pending()).await });
    address
}

impl Kept {
    async fn to(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    /// Sends the head, and the body apart from it, as some libraries do.
    async fn call(&mut self, head: &str, body: &str) -> Answer {
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        self.begin(&format!("{head}{length}")).await;
        tokio::time::sleep(Duration::from_millis(2)).await;
        // Nobody reads it where the answer is there already.
        let _ = self.0.get_mut().write_all(body.as_bytes()).await;
        self.answer().await
    }

    async fn begin(&mut self, head: &str) {
        let head = format!("{head}host: localhost\r\n\r\n");
        self.0.get_mut().write_all(head.as_bytes()).await.unwrap();
    }

    async fn answer(&mut self) -> Answer {
        timeout(Duration::from_secs(20), self.read()).await.expect("no answer for 20 s")
    }

    async fn read(&mut self) -> Answer {
        let (mut status, mut closes, mut length) = (0, false, 0);
        loop {
            let mut line = String::new();
            assert_ne!(self.0.read_line(&mut line).await.unwrap(), 0, "the connection closed without a word");
            let line = line.trim_end().to_ascii_lowercase();
            match line.split_once(": ") {
                _ if line.starts_with("http/1.1 ") => status = line[9..12].parse().unwrap(),
                Some(("connection", "close")) => closes = true,
                Some(("content-length", value)) => length = value.parse().unwrap(),
                _ if line.is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.unwrap();
        Answer { status, closes, body: String::from_utf8(body).unwrap() }
    }
}

fn head(method: &str, path: &str, key: &str) -> String {
    format!("{method} /api/v1{path} HTTP/1.1\r\nauthorization: Bearer {key}\r\nidempotency-key: k\r\n")
}

const JSON: &str = "content-type: application/json\r\n";

#[tokio::test]
async fn a_body_that_a_route_does_not_need_costs_no_connection() {
    let front = Front::open().await;
    let address = serve(&front).await;
    let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
    let (key, ask, long) = (&front.key, refund("5.00").to_string(), "x".repeat(300_000));
    let calls = [
        (head("POST", &format!("/actions/{id}/claim"), key) + JSON, "{}", 409),
        (head("POST", &format!("/actions/{id}/claim"), key) + JSON, "[]", 422),
        (head("POST", &format!("/actions/{id}/claim"), key), "", 409),
        (head("POST", "/actions/none/cancel", key) + JSON, "{}", 404),
        (head("POST", "/actions", "none") + JSON, &ask, 401),
        (head("POST", "/actions", key) + "content-type: text/plain\r\n", &ask, 415),
        (head("POST", "/actions", key) + JSON, &long, 413),
        (head("GET", "/agent", key) + JSON, "{}", 200),
        (head("PUT", "/agent", key) + JSON, "{}", 405),
        (head("POST", "/nothing", key) + JSON, "{}", 404),
    ];
    let clients = (0..6).map(|_| async {
        let mut kept = Kept::to(address).await;
        for (head_of_call, body, status) in calls.iter().cycle().take(60) {
            let answer = kept.call(head_of_call, body).await;
            assert_eq!((answer.status, answer.closes), (*status, false), "{head_of_call}");
            let next = kept.call(&head("GET", "/agent", key), "").await;
            assert_eq!((next.status, next.closes), (200, false), "after {head_of_call}");
        }
    });
    join_all(clients).await;
}

#[tokio::test]
async fn who_asks_faster_than_the_pace_keeps_the_connection() {
    let front = Front::with(config(20)).await;
    let address = serve(&front).await;
    let ask = refund("5.00").to_string();
    let clients = (0..16).map(|_| async {
        let mut kept = Kept::to(address).await;
        let mut refused = 0;
        for _ in 0..12 {
            let answer = kept.call(&(head("POST", "/actions", &front.key) + JSON), &ask).await;
            assert!([201, 429].contains(&answer.status) && !answer.closes, "{} {}", answer.status, answer.body);
            refused += u32::from(answer.status == 429);
        }
        refused
    });
    let refused: u32 = join_all(clients).await.iter().sum();
    assert!(refused > 0, "nobody was too fast");
}

#[tokio::test]
async fn an_answer_to_what_is_too_long_or_never_comes_says_that_the_connection_closes() {
    let front = Front::open().await;
    let address = serve(&front).await;
    for (more, key, status) in [
        ("content-length: 50000000\r\n", front.key.as_str(), 413),
        ("content-length: 900\r\n", "none", 401),
        // Who asks first whether to send is not told to.
        ("content-length: 900\r\nexpect: 100-continue\r\n", "none", 401),
    ] {
        let mut kept = Kept::to(address).await;
        kept.begin(&(head("POST", "/actions", key) + JSON + more)).await;
        let answer = kept.answer().await;
        assert_eq!((answer.status, answer.closes), (status, true), "{more}");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_there_are_not_are_problems_whatever_the_method() {
    let front = Front::open().await;
    for path in ["", "/", "/nothing", "//agent", "/agent/"] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let request = crate::front::agent_request(method, path, &front.key).body(axum::body::Body::empty());
            front.send(request.unwrap()).await.problem(404, "not-found");
        }
    }
    for (method, path, allowed) in [
        ("OPTIONS", "/agent", "GET,HEAD"),
        ("DELETE", "/agent", "GET,HEAD"),
        ("OPTIONS", "/actions", "POST"),
        ("PUT", "/actions", "POST"),
    ] {
        let request = crate::front::agent_request(method, path, &front.key).body(axum::body::Body::empty());
        let answer = front.send(request.unwrap()).await;
        answer.problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
    for (method, path, status) in [("HEAD", "/agent", 200), ("HEAD", "/actions", 405), ("HEAD", "/nothing", 404)] {
        let request = crate::front::agent_request(method, path, &front.key).body(axum::body::Body::empty());
        let answer = front.send(request.unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (status, ""), "{method} {path}");
    }
}
