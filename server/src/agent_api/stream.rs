use std::{collections::HashMap, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{
    entry::Kind,
    id::{AgentId, EntryId, RequestId},
    state,
};
use futures::{StreamExt, stream};
use governance::{AgentError, Changed, Position};
use serde_json::Value;
use tokio::time::timeout;

use super::{
    call::{Caller, soon},
    problem::Problem,
    wire::{Nothing, StateBody, StreamEvent},
};
use crate::{
    House,
    live::{LOOK, Listener, is_wide},
};

/// Server-sent events `stopped`, `released`, `permissions` and `action`, from where `Last-Event-ID` says.
#[utoipa::path(
    get, path = "/stream", tag = "agent",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen")),
    responses((
        status = 200, content_type = "text/event-stream", body = String,
        description = "Events, each as `StreamEvent` says, without an end; a comment each 15 s"
    )),
    security(("key" = []))
)]
pub async fn stream(
    State(house): State<House>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let agent = house.governance.know_yourself(&caller.0).await?.agent.id;
    let place = house.live.take_place(agent.0).ok_or_else(|| Problem::too_fast(5))?;
    let position = start(&house, &headers).await.map_err(AgentError::from)?;
    let reader = Reader { listener: house.live.listen(), house, caller, agent, position, _place: place };

    let events = stream::unfold(reader, |mut reader| async move {
        let events = reader.read().await?;
        Some((stream::iter(events.into_iter().map(Ok::<_, Infallible>)), reader))
    });
    // A proxy that holds events back would make agents late.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((unbuffered, Sse::new(events.flatten()).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))))
}

/// From where to read. An event that there never was, or of more than a day ago, is as good as none.
async fn start(house: &House, headers: &HeaderMap) -> governance::Result<Position> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let last = last.and_then(|id| id.split_once('-')).and_then(|(_, entry)| entry.parse().ok()).map(EntryId);
    if let Some(entry) = last
        && let Some(at) = house.governance.position_after(entry).await?
    {
        return Ok(at);
    }
    house.governance.feed_position().await
}

struct Reader {
    house: House,
    caller: Caller,
    listener: Listener,
    agent: AgentId,
    position: Position,
    _place: tokio::sync::OwnedSemaphorePermit,
}

impl Reader {
    /// The next events; ends when the key is revoked, or when that cannot be looked at.
    async fn read(&mut self) -> Option<Vec<Event>> {
        loop {
            // The feed itself says what is new; what is heard only says when to look.
            let events = self.news().await;
            match events {
                Ok((events, _)) if !events.is_empty() => return Some(events),
                Ok((_, true)) => {}
                Ok((_, false)) => self.wait().await?,
                Err(AgentError::BadKey | AgentError::WrongKind) => return None,
                Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    }

    /// The events of the next part of the feed, and whether there is more of it already.
    async fn news(&mut self) -> Result<(Vec<Event>, bool), AgentError> {
        let read = self.house.governance.changes(self.position).await?;
        let mine = |change: &Changed| change.agent == Some(self.agent) || is_wide(change);
        let changes: Vec<Changed> = read.changes.into_iter().filter(mine).collect();
        let requests: Vec<RequestId> = changes.iter().filter_map(|change| change.request).collect();
        let states = match requests.is_empty() {
            true => HashMap::new(),
            false => self.house.governance.states(&self.caller.0, &requests).await?,
        };
        self.position = read.next;
        Ok((changes.iter().filter_map(|change| event(change, &states)).collect(), read.more))
    }

    async fn wait(&mut self) -> Option<()> {
        loop {
            let heard = timeout(LOOK, self.listener.next()).await;
            let is_mine = |c: &Changed| c.agent == Some(self.agent) || is_wide(c);
            let mine = heard.as_ref().is_ok_and(|heard| heard.as_ref().is_none_or(|batch| batch.iter().any(is_mine)));
            if mine || heard.is_err() {
                soon(self.house.governance.check_key(&self.caller.0)).await.ok()?;
            }
            if mine {
                return Some(());
            }
        }
    }
}

fn event(change: &Changed, states: &HashMap<RequestId, state::State>) -> Option<Event> {
    let event = match (change.kind, change.request) {
        (Kind::Stopped, _) => StreamEvent::Stopped(Nothing {}),
        (Kind::Released, _) => StreamEvent::Released(Nothing {}),
        (Kind::Published | Kind::ModeChanged | Kind::TighteningAdded | Kind::TighteningLifted, _) => {
            StreamEvent::Permissions(Nothing {})
        }
        (_, Some(id)) => StreamEvent::Action(StateBody { id: id.0, state: states.get(&id)?.name() }),
        _ => return None,
    };
    let (name, data) = match serde_json::to_value(&event).ok()? {
        Value::Object(mut members) => (members.remove("event")?, members.remove("data")?),
        _ => return None,
    };
    let id = format!("{}-{}", change.transaction, change.entry);
    Some(Event::default().id(id).event(name.as_str()?).data(data.to_string()))
}
