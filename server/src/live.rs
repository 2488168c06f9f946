//! What changed: one poll a replica, heard by every page, wait and stream of it.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Extension,
    extract::State,
    http::{HeaderName, HeaderValue},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use domain::id::RequestId;
use futures::stream;
use governance::{Actor, Changed, Changes, Governance, Position};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast},
    time::{Instant, sleep, timeout, timeout_at},
};
use tower_sessions::Session;
use uuid::Uuid;

use crate::{House, guard, strangers};

/// How often the feed is read.
const PERIOD: Duration = Duration::from_millis(250);
/// How long reading it may take: a database that has gone silent is asked again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Waits and streams that an agent or a person may hold on this replica.
const MOST_OF_EACH: usize = 32;

/// Whatever comes within this time after a change is told to pages with it.
const TOGETHER: Duration = Duration::from_millis(100);

/// How often it is looked at whether somebody who hears of nothing may still listen.
pub const LOOK: Duration = Duration::from_secs(15);

type Batch = Arc<Changes>;

/// Where changes are heard.
#[derive(Clone)]
pub struct Live {
    sender: broadcast::Sender<Batch>,
    places: Arc<Mutex<HashMap<Uuid, Arc<Semaphore>>>>,
    /// When the feed was read last.
    read_at: Arc<Mutex<Option<Instant>>>,
}

/// Somebody who listens. It holds no connection to the database.
pub struct Listener(broadcast::Receiver<Batch>);

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(64).0, places: Arc::default(), read_at: Arc::default() }
    }
}

impl Live {
    pub fn listen(&self) -> Listener {
        Listener(self.sender.subscribe())
    }

    /// A place among the waits and streams of an agent or a person; `None` when they hold too many.
    pub fn take_place(&self, whose: Uuid) -> Option<OwnedSemaphorePermit> {
        let mut places = self.places.lock().ok()?;
        let of_each = places.entry(whose).or_insert_with(|| Arc::new(Semaphore::new(MOST_OF_EACH)));
        of_each.clone().try_acquire_owned().ok()
    }

    /// How many waits and streams are held.
    pub fn held(&self) -> usize {
        let places = self.places.lock();
        places.map_or(0, |places| places.values().map(|of| MOST_OF_EACH - of.available_permits()).sum())
    }

    /// For how long nothing was heard of the feed; `None` before it was read.
    pub fn read_ago(&self) -> Option<Duration> {
        self.read_at.lock().ok()?.map(|at| at.elapsed())
    }

    /// Reads the feed for ever. A database that is away is asked again; nothing is lost meanwhile.
    pub async fn poll(self, governance: Governance) {
        let mut position: Option<Position> = None;
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            position = match position {
                None => timeout(PATIENCE, governance.feed_position()).await.ok().and_then(Result::ok),
                Some(since) => match timeout(PATIENCE, governance.changes(since)).await {
                    Ok(Ok(read)) => {
                        if let Ok(mut at) = self.read_at.lock() {
                            *at = Some(Instant::now());
                        }
                        let next = read.next;
                        if !read.changes.is_empty() {
                            // Nobody listening is no fault.
                            let _ = self.sender.send(Arc::new(read));
                        }
                        Some(next)
                    }
                    Ok(Err(_)) | Err(_) => Some(since),
                },
            };
        }
    }
}

/// Tells pages that something changed; they ask again for what they show. It ends when the session does.
pub async fn follow(State(house): State<House>, Extension(actor): Extension<Actor>, session: Session) -> Response {
    let place = actor.person().ok().and_then(|me| house.live.take_place(me.id.0));
    let Some(place) = place else { return strangers::too_many() };
    let listener = house.live.listen();
    let events = stream::unfold((house, actor, session, listener, place), |mut follower| async move {
        let (house, actor, session, listener, _) = &mut follower;
        loop {
            let heard = timeout(LOOK, listener.next()).await.is_ok();
            if heard {
                sleep(TOGETHER).await;
            }
            if !guard::is_still(house, session, actor).await {
                return None;
            }
            if heard {
                let changed = Event::default().event("changed").data("{}");
                return Some((Ok::<_, Infallible>(changed), follower));
            }
        }
    });
    // A proxy that holds events back would make pages late.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    (unbuffered, events).into_response()
}

impl Listener {
    /// The next changes; `None` stands for having missed some, so that everything may have changed.
    pub async fn next(&mut self) -> Option<Batch> {
        match self.0.recv().await {
            Ok(batch) => Some(batch),
            Err(broadcast::error::RecvError::Lagged(_)) => None,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// Waits until the request may have changed; `false` when the time is up first.
    pub async fn of_request(&mut self, id: RequestId, until: Instant) -> bool {
        let heard = async {
            while let Some(batch) = self.next().await {
                // A stop or a release changes requests without an entry of their own.
                let touches =
                    |c: &Changed| c.request == Some(id) || (c.request.is_none() && c.agent.is_some()) || is_wide(c);
                if batch.changes.iter().any(touches) {
                    return;
                }
            }
        };
        timeout_at(until, heard).await.is_ok()
    }
}

/// Whether a change may touch every agent.
pub fn is_wide(change: &Changed) -> bool {
    use domain::entry::Kind;
    change.agent.is_none() && matches!(change.kind, Kind::Stopped | Kind::Released)
}
