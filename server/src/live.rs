//! What changed: one poll a replica, heard by every page, wait and stream of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::id::{AgentId, RequestId};
use governance::{Changed, Governance, Position};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast},
    time::{Instant, timeout_at},
};

/// How often the feed is read.
const PERIOD: Duration = Duration::from_millis(250);
/// Waits and streams that an agent may hold on this replica.
const MOST_OF_AGENT: usize = 32;

type Batch = Arc<Vec<Changed>>;

/// Where changes are heard.
#[derive(Clone)]
pub struct Live {
    sender: broadcast::Sender<Batch>,
    places: Arc<Mutex<HashMap<AgentId, Arc<Semaphore>>>>,
}

/// Somebody who listens. It holds no connection to the database.
pub struct Listener(broadcast::Receiver<Batch>);

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(64).0, places: Arc::default() }
    }
}

impl Live {
    pub fn listen(&self) -> Listener {
        Listener(self.sender.subscribe())
    }

    /// A place among the agent's waits and streams; `None` when it holds too many.
    pub fn take_place(&self, agent: AgentId) -> Option<OwnedSemaphorePermit> {
        let mut places = self.places.lock().ok()?;
        let of_agent = places.entry(agent).or_insert_with(|| Arc::new(Semaphore::new(MOST_OF_AGENT)));
        of_agent.clone().try_acquire_owned().ok()
    }

    /// Reads the feed for ever. A database that is away is asked again; nothing is lost meanwhile.
    pub async fn poll(self, governance: Governance) {
        let mut position: Option<Position> = None;
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            position = match position {
                None => governance.feed_position().await.ok(),
                Some(since) => match governance.changes(since).await {
                    Ok(read) => {
                        if !read.changes.is_empty() {
                            // Nobody listening is no fault.
                            let _ = self.sender.send(Arc::new(read.changes));
                        }
                        Some(read.next)
                    }
                    Err(_) => Some(since),
                },
            };
        }
    }
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
                if batch.iter().any(touches) {
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
