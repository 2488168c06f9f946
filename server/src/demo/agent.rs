//! Simulated agents: they ask over HTTP, as real ones do, wait for people, and report what came of it.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use domain::view::{KeyKind, WaitingFilter};
use governance::{Actor, CustomerFacts, Governance};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

use super::{asks, dice::Dice, shop};
use crate::serve::Fault;

/// Of the keys that each start makes anew.
pub const LABEL: &str = "Demonstration";
/// Between two asks; queues fill slowly enough to be read.
const LEAST_PAUSE: i64 = 5_000;
const MOST_PAUSE: i64 = 16_000;
/// How many of its own may wait for people; beyond, it only asks what it did not need anybody for.
const MOST_WAITING: usize = 12;
const BODY: usize = 1 << 20;

pub struct Simulation {
    client: Client<HttpConnector, Body>,
    base: String,
    keys: Vec<(&'static str, String)>,
    customers: Vec<CustomerFacts>,
    dice: Dice,
    /// Makes idempotency keys differ from those of earlier runs.
    run: u64,
    asked: u64,
    /// Requests that wait for people, with the key that asked.
    waiting: Vec<(String, usize)>,
}

/// Fresh keys for the agents that are simulated; those of an earlier start are revoked.
async fn keys(governance: &Governance, admin: &Actor) -> Result<Vec<(&'static str, String)>, Fault> {
    for key in governance.keys(admin).await? {
        if key.label == LABEL && key.revoked_at.is_none() {
            governance.revoke_key(admin, key.id).await?;
        }
    }
    let mut keys = Vec::new();
    for agent in ["support", "returns", "reviews", "campaigns", "pricing"] {
        let key = governance.create_key(admin, agent, KeyKind::Agent, LABEL).await?;
        keys.push((agent, key.secret));
    }
    Ok(keys)
}

/// What waited for people before this start: it is carried out like the rest once it is approved.
async fn waiting(
    governance: &Governance,
    admin: &Actor,
    keys: &[(&'static str, String)],
) -> Result<Vec<(String, usize)>, Fault> {
    let mut waiting = Vec::new();
    for queue in governance.queues(admin).await? {
        let filter = WaitingFilter { queue: Some(queue.slug), ..WaitingFilter::default() };
        for row in governance.approvals(admin, &filter).await?.waiting {
            let key = keys.iter().position(|(agent, _)| *agent == row.agent.slug);
            let one = key.map(|key| (row.id.to_string(), key));
            waiting.extend(one.filter(|one| !waiting.contains(one)));
        }
    }
    Ok(waiting)
}

impl Simulation {
    pub async fn prepare(governance: &Governance, admin: &Actor, listen: SocketAddr) -> Result<Self, Fault> {
        // A server that listens everywhere is reached by the loopback address.
        let host =
            if listen.ip().is_unspecified() { format!("127.0.0.1:{}", listen.port()) } else { listen.to_string() };
        let keys = keys(governance, admin).await?;
        let waiting = waiting(governance, admin, &keys).await?;
        let run = rand::random();
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            base: format!("http://{host}/api/v1/actions"),
            keys,
            customers: shop::customers(),
            dice: Dice(run),
            run,
            asked: 0,
            waiting,
        })
    }

    /// Asks until it is aborted; what fails is left alone, and the next ask comes all the same.
    pub async fn run(mut self) {
        loop {
            let pause = self.dice.between(LEAST_PAUSE, MOST_PAUSE).unsigned_abs();
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if let Err(error) = self.step().await {
                tracing::debug!(%error, "the simulated agent was not heard");
            }
        }
    }

    async fn step(&mut self) -> Result<(), Fault> {
        self.follow_up().await;
        let key = self.dice.weighed(&[46, 24, 16, 8, 6]);
        let agent = self.keys[key].0;
        let mut ask = asks::ask(agent, &mut self.dice, &self.customers);
        if self.waiting.len() >= MOST_WAITING {
            // Enough for people to do: something that nobody has to look at.
            for _ in 0..40 {
                if matches!(ask.action.as_str(), "data.read" | "ticket.tag" | "campaign.draft" | "review.note") {
                    break;
                }
                ask = asks::ask(agent, &mut self.dice, &self.customers);
            }
        }
        self.asked += 1;
        let name = format!("demo-{:016x}-{}", self.run, self.asked);
        let (_, asked) = self.post(key, "", Some(&name), serde_json::to_value(&ask)?).await?;
        let Some(id) = asked["id"].as_str() else { return Ok(()) };
        match asked["decision"].as_str() {
            Some("allowed") => self.carry_out(key, id, &asked["grant"]["token"]).await?,
            Some("needs_approval") => self.waiting.push((id.to_owned(), key)),
            _ => {}
        }
        Ok(())
    }

    /// Claims what was approved, and forgets what was not.
    async fn follow_up(&mut self) {
        for (id, key) in std::mem::take(&mut self.waiting) {
            let state = self.state(key, &id).await;
            match state.as_deref() {
                Ok("waiting" | "frozen") | Err(_) => self.waiting.push((id, key)),
                Ok("approved") => {
                    if let Err(error) = self.claim(key, &id).await {
                        tracing::debug!(%error, "the simulated claim was not heard");
                    }
                }
                Ok(_) => {}
            }
        }
    }

    async fn claim(&mut self, key: usize, id: &str) -> Result<(), Fault> {
        let name = format!("claim-{id}");
        let (status, claimed) = self.post(key, &format!("/{id}/claim"), Some(&name), Value::Null).await?;
        match status {
            200 => self.carry_out(key, id, &claimed["grant"]["token"]).await,
            _ => Ok(()),
        }
    }

    async fn carry_out(&mut self, key: usize, id: &str, token: &Value) -> Result<(), Fault> {
        tokio::time::sleep(Duration::from_millis(self.dice.between(300, 1_800).unsigned_abs())).await;
        let failed = self.dice.chance(45);
        let cost = format!("0.{:04}", self.dice.between(31, 420));
        let reference = if failed { String::new() } else { format!("{}", self.dice.between(1_000_000, 9_999_999)) };
        let detail = if failed { json!({ "error": "the outside system answered too late" }) } else { json!({}) };
        let outcome = json!({
            "grant": token,
            "status": if failed { "failed" } else { "succeeded" },
            "reference": reference,
            "detail": detail,
            "cost": { "amount": cost, "currency": "USD" },
        });
        self.post(key, &format!("/{id}/outcome"), None, outcome).await?;
        Ok(())
    }

    async fn state(&self, key: usize, id: &str) -> Result<String, Fault> {
        let request = Request::get(format!("{}/{id}", self.base)).header(header::AUTHORIZATION, self.bearer(key));
        let (status, body) = self.send(request.body(Body::empty())?).await?;
        // A request that is not there any more has nothing to wait for.
        Ok(if status == 404 { "gone".to_owned() } else { body["state"].as_str().ok_or("no state")?.to_owned() })
    }

    async fn post(&self, key: usize, path: &str, name: Option<&str>, body: Value) -> Result<(u16, Value), Fault> {
        let mut request = Request::post(format!("{}{path}", self.base))
            .header(header::AUTHORIZATION, self.bearer(key))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(name) = name {
            request = request.header("idempotency-key", name);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.body(body)?).await
    }

    fn bearer(&self, key: usize) -> String {
        format!("Bearer {}", self.keys[key].1)
    }

    async fn send(&self, request: Request<Body>) -> Result<(u16, Value), Fault> {
        let response = tokio::time::timeout(Duration::from_secs(10), self.client.request(request)).await??;
        let status = response.status().as_u16();
        let bytes = to_bytes(Body::new(response.into_body()), BODY).await?;
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }
}
