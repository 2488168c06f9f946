//! The router in this process, on a shop of its own.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::{Body, BodyDataStream, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use chrono::DateTime;
use domain::view::KeyKind;
use governance::{Actor, Governance};
use serde_json::{Value, json};
use server::{
    config::{LogCalls, ServeConfig},
    metrics, router, serve,
};
use tower::ServiceExt;
use uuid::Uuid;

use crate::support::Shop;

pub struct Front {
    pub shop: Shop,
    /// The secret of the support agent's key.
    pub key: String,
    /// The secret of a hook's key of the same agent.
    pub hook: String,
    pub router: Router,
    /// Where it says how it stands.
    pub metrics: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

pub fn config(calls_per_second: u32) -> ServeConfig {
    ServeConfig {
        listen: "127.0.0.1:8600".parse().unwrap(),
        public_url: None,
        trusted_hops: 0,
        metrics: None,
        log_calls: LogCalls::None,
        allow_data_loss: true,
        calls_per_second: calls_per_second.try_into().unwrap(),
    }
}

pub async fn secret(governance: &Governance, admin: &Actor, agent: &str, kind: KeyKind) -> String {
    governance.create_key(admin, agent, kind, "test").await.unwrap().secret
}

impl Front {
    pub async fn open() -> Self {
        Self::with(config(1000)).await
    }

    pub async fn with(config: ServeConfig) -> Self {
        let shop = Shop::open().await;
        let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
        let hook = secret(&shop.governance, &shop.admin, "support", KeyKind::Hook).await;
        let house = serve::house(shop.governance.clone(), config).unwrap();
        tokio::spawn(house.live.clone().poll(shop.governance.clone()));
        Self { shop, key, hook, metrics: metrics::router(house.clone()), router: router::router(house) }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// An answer that goes on.
    pub async fn open_stream(&self, request: Request<Body>) -> (StatusCode, BodyDataStream) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        (response.status(), response.into_body().into_data_stream())
    }

    pub async fn get(&self, key: &str, path: &str) -> Answer {
        self.send(agent_request("GET", path, key).body(Body::empty()).unwrap()).await
    }

    /// Posts JSON with this agent's key, and with an idempotency key where there is one.
    pub async fn post(&self, path: &str, idempotency_key: &str, body: &Value) -> Answer {
        self.post_text(&self.key, path, idempotency_key, &body.to_string()).await
    }

    pub async fn post_text(&self, key: &str, path: &str, idempotency_key: &str, body: &str) -> Answer {
        let mut request = agent_request("POST", path, key).header(header::CONTENT_TYPE, "application/json");
        if !idempotency_key.is_empty() {
            request = request.header("idempotency-key", idempotency_key);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Asks for the first time; the decision must come.
    pub async fn ask(&self, body: &Value) -> Value {
        let answer = self.post("/actions", &Uuid::now_v7().to_string(), body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        answer.json()
    }
}

pub fn agent_request(method: &str, path: &str, key: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if key.is_empty() { request } else { request.header(header::AUTHORIZATION, format!("Bearer {key}")) }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it leads, without the marks of what the page there is told.
    pub fn leads_to(&self) -> String {
        let mut parts = self.header("location").split('.');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |address, part| {
            let digits = part.chars().take_while(char::is_ascii_hexdigit).count();
            if digits == 32 { address + &part[32..] } else { format!("{address}.{part}") }
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The whole body, with what differs from run to run named instead.
    pub fn normal(&self) -> Value {
        normal(self.json())
    }

    /// Checks that this is a problem as RFC 9457 has it; gives the pointers of its errors.
    #[track_caller]
    pub fn problem(&self, status: u16, slug: &str) -> Vec<String> {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let body = self.json();
        assert_eq!(body["type"], format!("/problems/{slug}"), "{body}");
        assert_eq!(body["status"], status, "{body}");
        assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty(), "{body}");
        let known = ["type", "title", "status", "detail", "id", "errors"];
        assert!(body.as_object().unwrap().keys().all(|name| known.contains(&name.as_str())), "{body}");
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect()
    }
}

/// Names ids, times and tokens instead of showing them.
pub fn normal(value: Value) -> Value {
    match value {
        Value::String(text) if text.parse::<Uuid>().is_ok() => json!("<id>"),
        Value::String(text) if text.starts_with("grant_") && text.len() == 70 => json!("<token>"),
        Value::String(text) if text.ends_with('Z') && DateTime::parse_from_rfc3339(&text).is_ok() => json!("<time>"),
        Value::Array(values) => values.into_iter().map(normal).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, normal(value))).collect(),
        other => other,
    }
}

pub fn usd(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "USD" })
}

/// The body of an ask to refund Omar; up to 50.00 it needs nobody.
pub fn refund(amount: &str) -> Value {
    refund_of(usd(amount))
}

pub fn refund_of(total: Value) -> Value {
    json!({
        "action": "order.refund",
        "arguments": { "order_id": "#W1", "total": total },
        "customer": { "id": "omar" },
        "trigger": "ticket of omar",
    })
}

/// What only says who was there, how often, and how far something that goes on by itself has come.
const BESIDE: [&str; 6] = ["attempts", "draft_readers", "personal", "sessions", "span_sums", "spans"];

/// The fingerprint of every table but those, by its name.
pub async fn fingerprint(shop: &Shop) -> BTreeMap<String, i64> {
    let mut all = BTreeMap::new();
    for table in crate::tidy::tables().into_iter().filter(|table| !BESIDE.contains(&table.as_str())) {
        let rows = "coalesce(hashtextextended(string_agg(t::text, ' ' order by t::text), 0), 0)";
        let rows = shop.database.count(format!("select {rows} from {table} t")).await;
        all.insert(table, rows);
    }
    all
}
