//! The stream of an agent's events.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::front::{Front, agent_request, refund};

struct Events {
    body: BodyDataStream,
    read: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Event {
    id: String,
    name: String,
    data: Value,
}

impl Events {
    async fn open(front: &Front, last: Option<&str>) -> Self {
        let mut request = agent_request("GET", "/stream", &front.key);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let (status, body) = front.open_stream(request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, 200);
        Self { body, read: String::new() }
    }

    /// The next event; `None` when the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
                    line.unwrap_or_default().trim().to_owned()
                };
                let data = serde_json::from_str(&field("data")).unwrap_or_default();
                let event = Event { id: field("id"), name: field("event"), data };
                self.read = rest.to_owned();
                if !event.name.is_empty() {
                    return Some(event);
                }
                continue;
            }
            let chunk = timeout(Duration::from_secs(5), self.body.next()).await.expect("nothing came for 5 s")?;
            self.read.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// The next event of this name. A new stream may tell again what happened just before it was opened.
    async fn next_called(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await.expect("the stream ended");
            if event.name == name {
                return event;
            }
        }
    }

    async fn take(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::new();
        for _ in 0..count {
            events.push(self.next().await.expect("the stream ended"));
        }
        events
    }
}

/// Is approved, stopped, released, and gets new permissions: four events. What it asks it is answered.
async fn happen(front: &Front) -> Value {
    let shop = &front.shop;
    let id = front.ask(&refund("80.00")).await["id"].clone();
    shop.approve(&shop.ana, id.as_str().unwrap().parse().unwrap()).await.unwrap();
    shop.governance.stop(&shop.auditor, Some("support"), "").await.unwrap();
    shop.release(Some("support"), "go on").await;
    shop.publish(|set| set.approval_thresholds.within_s = 99).await;
    id
}

#[tokio::test]
async fn events_come_in_their_order_and_a_broken_stream_goes_on_without_a_gap() {
    let front = Front::open().await;
    let mut events = Events::open(&front, None).await;
    // Another agent's events are not this one's business.
    let other = front.shop.second_agent("returns").await;
    front.shop.governance.ask(&other, "k", crate::support::note("theirs")).await.unwrap();
    let id = happen(&front).await;

    let mut all = vec![events.next_called("action").await];
    all.extend(events.take(3).await);
    let names: Vec<_> = all.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["action", "stopped", "released", "permissions"]);
    assert_eq!(all[0].data["id"], id);
    let states = ["approved", "frozen", "waiting"].map(Value::from);
    assert!(states.contains(&all[0].data["state"]), "{all:?}");
    drop(events);

    for seen in 0..all.len() - 1 {
        let mut resumed = Events::open(&front, Some(&all[seen].id)).await;
        let rest = resumed.take(all.len() - seen - 1).await;
        let ids = |events: &[Event]| events.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&rest), ids(&all[seen + 1..]), "after event {seen}");
    }
}

#[tokio::test]
async fn what_happens_between_two_streams_is_told_by_the_second() {
    let front = Front::open().await;
    let mut events = Events::open(&front, None).await;
    let withdraw = async || {
        let id = front.ask(&refund("80.00")).await["id"].as_str().unwrap().to_owned();
        front.post(&format!("/actions/{id}/cancel"), "", &json!({})).await;
        id
    };
    withdraw().await;
    let last = events.next_called("action").await;
    drop(events);
    let missed = withdraw().await;
    let mut resumed = Events::open(&front, Some(&last.id)).await;
    let event = resumed.next().await.unwrap();
    assert_eq!((event.name.as_str(), &event.data), ("action", &json!({ "id": missed, "state": "cancelled" })));
}

#[tokio::test]
async fn a_quiet_agent_in_a_busy_shop_learns_of_its_stop_at_once() {
    let front = Front::open().await;
    front.shop.second_agent("returns").await;
    let mut events = Events::open(&front, None).await;
    front.shop.governance.stop(&front.shop.auditor, Some("support"), "").await.unwrap();
    let last = events.next_called("stopped").await;
    drop(events);
    front.shop.release(Some("support"), "go on").await;
    front
        .shop
        .database
        .run(
            "insert into entries (id, at, format, kind, actor_kind, agent_id, detail, leaf)
             select gen_random_uuid(), now(), 1, 'cancelled', 'agent', a.id, '{}', sha256('')
             from generate_series(1, 12000), agents a where a.slug = 'returns'",
        )
        .await;
    front.shop.governance.stop(&front.shop.auditor, Some("support"), "again").await.unwrap();
    let mut resumed = Events::open(&front, Some(&last.id)).await;
    let names: Vec<_> = resumed.take(2).await.into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["released", "stopped"]);
}

#[tokio::test]
async fn a_stop_of_everything_is_told_and_a_revoked_key_ends_the_stream() {
    let front = Front::open().await;
    let shop = &front.shop;
    let mut events = Events::open(&front, None).await;
    shop.governance.stop(&shop.auditor, None, "").await.unwrap();
    events.next_called("stopped").await;

    let keys = shop.governance.keys(&shop.admin).await.unwrap();
    let mine = keys.iter().find(|row| front.key.starts_with(&row.prefix)).unwrap();
    shop.governance.revoke_key(&shop.admin, mine.id).await.unwrap();
    assert_eq!(events.next().await, None);
}
