use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use domain::{entry::Kind, id::AgentId};
use futures::{Stream, StreamExt, stream};
use governance::{Changed, Position};
use serde_json::json;

use super::{call::Caller, problem::Problem};
use crate::{
    House,
    live::{Listener, is_wide},
};

/// Server-sent events `stopped`, `released`, `permissions` and `action`, from where `Last-Event-ID` says.
#[utoipa::path(
    get, path = "/stream", tag = "agent",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen")),
    responses(
        (status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem),
    ),
    security(("key" = []))
)]
pub async fn stream(
    State(house): State<House>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let agent = house.governance.know_yourself(&caller.0).await?.agent.id;
    let place = house.live.take_place(agent).ok_or_else(|| Problem::too_fast(5))?;
    let resume = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(Seen::read);
    let start = match &resume {
        Some(seen) => seen.at,
        None => {
            house.governance.feed_position().await.map_err(|_| Problem::from(governance::AgentError::Unavailable))?
        }
    };
    let reader = Reader { listener: house.live.listen(), house, caller, agent, position: start, resume, _place: place };

    let events = stream::unfold(reader, |mut reader| async move {
        let events = reader.read().await?;
        Some((stream::iter(events.into_iter().map(Ok)), reader))
    });
    Ok(Sse::new(events.flatten()).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// The last event that the agent has seen.
struct Seen {
    at: Position,
    entry: String,
}

impl Seen {
    fn read(text: &str) -> Option<Self> {
        let (at, entry) = text.split_once('-')?;
        Some(Self { at: Position(at.parse().ok()?), entry: entry.to_owned() })
    }
}

struct Reader {
    house: House,
    caller: Caller,
    listener: Listener,
    agent: AgentId,
    position: Position,
    resume: Option<Seen>,
    _place: tokio::sync::OwnedSemaphorePermit,
}

impl Reader {
    /// The next events; ends when the key is revoked.
    async fn read(&mut self) -> Option<Vec<Event>> {
        loop {
            // The feed itself says what is new; what is heard only says when to look.
            let (changes, next) = match self.house.governance.changes(self.position).await {
                Ok(read) => read,
                Err(_) => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
            };
            self.position = next;
            let mut changes: Vec<Changed> =
                changes.into_iter().filter(|c| c.agent == Some(self.agent) || is_wide(c)).collect();
            if let Some(seen) = self.resume.take() {
                changes.retain(|c| c.at > seen.at || c.entry.to_string() > seen.entry);
            }
            let mut events = Vec::with_capacity(changes.len());
            for change in changes {
                events.extend(self.event(&change).await);
            }
            if !events.is_empty() {
                return Some(events);
            }
            self.wait().await?;
        }
    }

    async fn wait(&mut self) -> Option<()> {
        loop {
            let heard = self.listener.next().await;
            let mine = heard.is_none_or(|batch| batch.iter().any(|c| c.agent == Some(self.agent) || is_wide(c)));
            if mine {
                return self.house.governance.check_key(&self.caller.0).await.ok().map(|_| ());
            }
        }
    }

    async fn event(&self, change: &Changed) -> Option<Event> {
        let event = Event::default().id(format!("{}-{}", change.at.0, change.entry));
        Some(match (change.kind, change.request) {
            (Kind::Stopped, _) => event.event("stopped").data("{}"),
            (Kind::Released, _) => event.event("released").data("{}"),
            (Kind::Published | Kind::ModeChanged | Kind::TighteningAdded | Kind::TighteningLifted, _) => {
                event.event("permissions").data("{}")
            }
            (_, Some(id)) => {
                let followed = self.house.governance.follow(&self.caller.0, id).await.ok()?;
                event.event("action").data(json!({ "id": id, "state": followed.state.name() }).to_string())
            }
            _ => return None,
        })
    }
}
