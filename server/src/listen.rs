//! Listening: connections that say nothing end by themselves, and give way to those that do.

use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
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
    service_fn(move |request: Request<Incoming>| {
        let connection = connection.clone();
        connection.begin();
        let asked = |body| Body::new(Passing { body, sent_by: End::Caller, connection: connection.clone() });
        let mut request = request.map(asked);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Over(connection.clone()));
        let answer = app.clone().oneshot(request);
        async move {
            let answer = answer.await?;
            connection.wait();
            if answer.extensions().get::<Held>().is_some() {
                sleep(HOLD).await;
            }
            // What is no stream is as good as sent.
            let whole = answer.body().size_hint().exact().is_some();
            let passing = |body| Body::new(Passing { body, sent_by: End::Server, connection });
            Ok(if whole { answer } else { answer.map(passing) })
        }
    })
}

/// In a request: the connection that it came over.
#[derive(Clone)]
pub struct Over(Arc<Connection>);

impl Over {
    /// It gives way to others while this request is answered, too.
    pub fn gives_way(&self) {
        self.0.yields.store(true, Relaxed);
        self.0.wait();
    }
}

struct Connection {
    number: u64,
    source: String,
    begun: Instant,
    /// Milliseconds after `begun` since when its caller is waited for; `BUSY` while the caller waits.
    silent_since: AtomicU64,
    /// While this is set it is silent, whatever is done for its caller.
    yields: AtomicBool,
    gives_way: Notify,
}

const BUSY: u64 = u64::MAX;

impl Connection {
    /// For how long its caller has been waited for, in milliseconds.
    fn silence(&self) -> Option<u64> {
        let since = Some(self.silent_since.load(Relaxed)).filter(|since| *since != BUSY)?;
        Some(self.age().saturating_sub(since))
    }

    fn age(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(BUSY - 1)
    }

    /// A request has come.
    fn begin(&self) {
        self.yields.store(false, Relaxed);
        self.work();
    }

    fn work(&self) {
        if !self.yields.load(Relaxed) {
            self.silent_since.store(BUSY, Relaxed);
        }
    }

    fn wait(&self) {
        self.silent_since.store(self.age(), Relaxed);
    }
}

enum End {
    Caller,
    Server,
}

/// A body on its way, which says of its connection who waits for whom: a caller who does not send, or does not read, is
/// as silent as one who says nothing.
struct Passing<B> {
    body: B,
    sent_by: End,
    connection: Arc<Connection>,
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Passing<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match (&self.sent_by, polled.is_pending()) {
            (End::Caller, true) | (End::Server, false) => self.connection.wait(),
            (End::Caller, false) | (End::Server, true) => self.connection.work(),
        }
        polled
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
            yields: AtomicBool::new(false),
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
    use futures::{FutureExt, StreamExt, channel::mpsc};

    use super::*;

    #[tokio::test]
    async fn who_is_silent_gives_way_and_one_source_leaves_room_for_others() {
        let connections = Connections::of(4);
        let [first, second]: [SocketAddr; 2] = ["6.6.6.6:1", "1.2.3.4:1"].map(|address| address.parse().unwrap());
        let silent = connections.enter(first).unwrap();
        let busy = connections.enter(first).unwrap();
        busy.0.begin();
        // Half of the places are taken: the silent one of the same source goes.
        let next = connections.enter(first).unwrap();
        silent.0.gives_way.notified().await;
        next.0.begin();
        assert!(connections.enter(first).is_none(), "one that is answered gave way");
        assert!(connections.enter(second).is_some());
        drop(silent);
        drop(next);
        assert!(connections.enter(first).is_some());
    }

    #[tokio::test]
    async fn a_connection_is_busy_while_its_caller_waits_and_silent_while_they_are_waited_for() {
        let place = Connections::of(1).enter("1.2.3.4:1".parse().unwrap()).unwrap();
        let connection = &place.0;
        for (sent_by, busy_before, busy_after) in [(End::Caller, false, true), (End::Server, true, false)] {
            let (sender, receiver) = mpsc::unbounded::<Result<&str, Infallible>>();
            let body = Passing { body: Body::from_stream(receiver), sent_by, connection: connection.clone() };
            let mut parts = Body::new(body).into_data_stream();
            assert!(parts.next().now_or_never().is_none());
            assert_eq!(connection.silence().is_none(), busy_before);
            sender.unbounded_send(Ok("a part")).unwrap();
            assert!(parts.next().now_or_never().is_some());
            assert_eq!(connection.silence().is_none(), busy_after);
        }

        connection.begin();
        Over(connection.clone()).gives_way();
        connection.work();
        assert!(connection.silence().is_some(), "a stranger keeps a place from others");
        connection.begin();
        assert!(connection.silence().is_none());
    }
}
