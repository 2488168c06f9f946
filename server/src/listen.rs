//! Listening: connections that say nothing end by themselves, and give way to those that do.

use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::ConnectInfo,
    http::{Request, Response},
};
use http_body::{Frame, SizeHint};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    sync::Notify,
    time::{Instant, sleep, timeout},
};
use tower::ServiceExt;

use crate::{
    source,
    strangers::{HOLD, Held},
};

/// How long a connection may be without a request, or be at sending the head of one.
const SILENCE: Duration = Duration::from_secs(60);

/// How long answers are waited for at the end; pages hold a stream open for as long as they are looked at.
const END: Duration = Duration::from_secs(3);

/// Open files that are not connections of callers: the database's, the log, what is served.
const OTHER_FILES: u64 = 256;
const MOST_CONNECTIONS: u64 = 10_000;

/// Raises the limit of open files as far as this process may, and gives how many callers may be connected.
pub fn most_connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let wanted = MOST_CONNECTIONS + OTHER_FILES;
    let most = limit.maximum.map_or(wanted, |most| most.min(wanted)).max(limit.current.unwrap_or(wanted));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum });
    let files = if raised.is_ok() { most } else { limit.current.unwrap_or(1024) };
    let connections = files.saturating_sub(OTHER_FILES).clamp(files / 2, MOST_CONNECTIONS);
    tracing::info!(files, connections, "open files, and connections of callers");
    usize::try_from(connections).unwrap_or(usize::MAX)
}

/// Serves until `end`, and then what is under way.
pub async fn serve(listener: &TcpListener, app: Router, most: usize, end: impl Future<Output = ()>) {
    let (graceful, connections) = (GracefulShutdown::new(), Connections::of(most));
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        match accepted {
            Ok((socket, peer)) => {
                let Some(place) = connections.enter(peer) else { continue };
                let _ = socket.set_nodelay(true);
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(SILENCE)
                    .serve_connection(TokioIo::new(socket), answering(app.clone(), peer, place.0.clone()));
                let watched = graceful.watch(connection);
                tokio::spawn(async move {
                    tokio::select! {
                        _ = watched => {}
                        () = place.0.gives_way.notified() => {}
                    }
                    drop(place);
                });
            }
            // Such as one that has hung up already.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    let _ = timeout(END, graceful.shutdown()).await;
}

fn answering(
    app: Router,
    peer: SocketAddr,
    connection: Arc<Connection>,
) -> impl hyper::service::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send> {
    service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let busy = Busy::begin(connection.clone());
        let answer = app.clone().oneshot(request.map(Body::new));
        async move {
            let answer = answer.await?;
            if answer.extensions().get::<Held>().is_some() {
                // Meanwhile its connection gives way to others, as a silent one does.
                drop(busy);
                sleep(HOLD).await;
                return Ok(answer);
            }
            // What is no stream is as good as sent.
            let whole = answer.body().size_hint().exact().is_some();
            Ok(if whole { answer } else { answer.map(|body| Body::new(Streaming { body, _busy: busy })) })
        }
    })
}

struct Connection {
    number: u64,
    source: String,
    begun: Instant,
    /// Milliseconds after `begun` since when it says nothing; `BUSY` while it is answered.
    silent_since: AtomicU64,
    gives_way: Notify,
}

const BUSY: u64 = u64::MAX;

impl Connection {
    /// For how long nothing was said, in milliseconds.
    fn silence(&self) -> Option<u64> {
        let since = Some(self.silent_since.load(Relaxed)).filter(|since| *since != BUSY)?;
        Some(self.age().saturating_sub(since))
    }

    fn age(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }
}

struct Busy(Arc<Connection>);

impl Busy {
    fn begin(connection: Arc<Connection>) -> Self {
        connection.silent_since.store(BUSY, Relaxed);
        Self(connection)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.silent_since.store(self.0.age(), Relaxed);
    }
}

/// A body that goes on; meanwhile its connection is not silent.
struct Streaming {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Streaming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Who is connected. One source has half of the places at most, so that there is room for others.
#[derive(Clone)]
struct Connections {
    most: usize,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    last: u64,
    all: HashMap<u64, Arc<Connection>>,
    of_source: HashMap<String, usize>,
}

/// A connection's place, until it is dropped.
struct Place(Arc<Connection>, Connections);

impl Drop for Place {
    fn drop(&mut self) {
        if let Ok(mut table) = self.1.table.lock() {
            table.leave(&self.0);
        }
    }
}

impl Connections {
    fn of(most: usize) -> Self {
        Self { most, table: Arc::default() }
    }

    /// A place for a new connection: where there is none, that of the one that has been silent for the longest.
    fn enter(&self, peer: SocketAddr) -> Option<Place> {
        let source = source::network(peer.ip());
        let mut table = self.table.lock().ok()?;
        let of_source = table.of_source.get(&source).is_some_and(|count| *count >= self.most.div_ceil(2));
        if of_source || table.all.len() >= self.most {
            let silent = table.all.values().filter(|known| !of_source || known.source == source);
            let silent = silent.filter_map(|known| Some((known.silence()?, known))).max_by_key(|(silence, _)| *silence);
            let silent = silent.map(|(_, known)| known.clone())?;
            silent.gives_way.notify_one();
            table.leave(&silent);
        }
        table.last += 1;
        let connection = Arc::new(Connection {
            number: table.last,
            source: source.clone(),
            begun: Instant::now(),
            silent_since: AtomicU64::new(0),
            gives_way: Notify::new(),
        });
        table.all.insert(connection.number, connection.clone());
        *table.of_source.entry(source).or_default() += 1;
        Some(Place(connection, self.clone()))
    }
}

impl Table {
    fn leave(&mut self, connection: &Connection) {
        if self.all.remove(&connection.number).is_none() {
            return;
        }
        if let Some(count) = self.of_source.get_mut(&connection.source) {
            *count -= 1;
            if *count == 0 {
                self.of_source.remove(&connection.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_silent_gives_way_and_one_source_leaves_room_for_others() {
        let connections = Connections::of(4);
        let [first, second]: [SocketAddr; 2] = ["6.6.6.6:1", "1.2.3.4:1"].map(|address| address.parse().unwrap());
        let silent = connections.enter(first).unwrap();
        let busy = connections.enter(first).unwrap();
        let _busy = Busy::begin(busy.0.clone());
        // Half of the places are taken: the silent one of the same source goes.
        let next = connections.enter(first).unwrap();
        silent.0.gives_way.notified().await;
        let _next = Busy::begin(next.0.clone());
        assert!(connections.enter(first).is_none(), "one that is answered gave way");
        assert!(connections.enter(second).is_some());
        drop(silent);
        drop(next);
        assert!(connections.enter(first).is_some());
    }
}
