use std::{collections::HashMap, convert::Infallible, sync::Arc, time::Duration};

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
use governance::{AgentError, Changed, Changes, Position};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

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
    // Heard first, read second: a change between the two is not missed.
    let listener = house.live.listen();
    let position = start(&house, &headers).await.map_err(AgentError::from)?;
    let reader =
        Reader { listener, house, caller, agent, position, behind: true, look: Instant::now() + LOOK, _place: place };

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
    /// Up to where everything was told.
    position: Position,
    /// Whether more was missed than is heard.
    behind: bool,
    /// When it is looked at the key again at the latest.
    look: Instant,
    _place: tokio::sync::OwnedSemaphorePermit,
}

impl Reader {
    /// The next events; ends when the key is revoked, or when that cannot be looked at.
    async fn read(&mut self) -> Option<Vec<Event>> {
        loop {
            let told = match self.news().await {
                Ok(Some(read)) => self.tell(&read).await?,
                Ok(None) => {
                    self.may_listen().await?;
                    continue;
                }
                Err(error) => Err(error),
            };
            match told {
                Ok(events) if !events.is_empty() => return Some(events),
                Ok(_) => {}
                Err(AgentError::BadKey | AgentError::WrongKind) => return None,
                Err(_) => {
                    self.behind = true;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// What this replica read of the feed, or of what was missed what concerns this agent; `None` when it is time to look at
    /// the key.
    async fn news(&mut self) -> Result<Option<Arc<Changes>>, AgentError> {
        while !self.behind {
            match timeout_at(self.look, self.listener.next()).await {
                Ok(Some(batch)) => return Ok(Some(batch)),
                Ok(None) => self.behind = true,
                Err(_) => return Ok(None),
            }
        }
        let read = self.house.governance.changes_of(self.agent, self.position).await?;
        self.behind = read.more;
        Ok(Some(Arc::new(read)))
    }

    /// What the agent is told of it.
    async fn tell(&mut self, read: &Changes) -> Option<Result<Vec<Event>, AgentError>> {
        let mine = |change: &&Changed| {
            (change.agent == Some(self.agent) || is_wide(change)) && change.is_after(&self.position) && is_told(change)
        };
        let changes: Vec<&Changed> = read.changes.iter().filter(mine).collect();
        if !changes.is_empty() {
            self.may_listen().await?;
        }
        let requests: Vec<RequestId> = changes.iter().filter_map(|change| change.request).collect();
        let states = match requests.is_empty() {
            true => HashMap::new(),
            false => match self.house.governance.states(&self.caller.0, &requests).await {
                Ok(states) => states,
                Err(error) => return Some(Err(error)),
            },
        };
        self.position = self.position.max(read.next);
        Some(Ok(changes.into_iter().filter_map(|change| event(change, &states)).collect()))
    }

    async fn may_listen(&mut self) -> Option<()> {
        self.look = Instant::now() + LOOK;
        soon(self.house.governance.check_key(&self.caller.0)).await.ok().map(drop)
    }
}

/// What it has asked it was answered.
fn is_told(change: &Changed) -> bool {
    change.kind != Kind::Asked
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
