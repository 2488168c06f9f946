//! Callers who show nothing that Reins has made: held back in memory, so that they keep nobody from the stop.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::{House, agent_api, listen::Over, sessions, source};

/// Calls a second, and at once, from one source, behind which may sit a whole office.
const EACH: NonZeroU32 = NonZeroU32::new(50).unwrap();
const EACH_AT_ONCE: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// The same of all together.
const ALL: NonZeroU32 = NonZeroU32::new(500).unwrap();
const ALL_AT_ONCE: NonZeroU32 = NonZeroU32::new(1000).unwrap();

/// The same of a session that was not found lately, or of the mark of a device: either may be over, or its person gone.
const SHOWN: NonZeroU32 = NonZeroU32::new(2).unwrap();
const SHOWN_AT_ONCE: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// How many are worked for at a time: the others wait, and nobody waits behind them.
const AT_A_TIME: usize = 8;
const WAIT: Duration = Duration::from_secs(2);

/// The longest body, in bytes, which bodies count as long, how many of those are read at a time, and how long one may take.
const MOST_BYTES: usize = 256 * 1024;
const LONG: u64 = 8 * 1024;
const LONG_AT_A_TIME: usize = 64;
const BODY: Duration = Duration::from_secs(5);

/// In a request: its caller shows nothing that Reins has made.
#[derive(Clone, Copy)]
pub struct Stranger;

/// In an answer: it is held back for `HOLD`, so that whoever calls without end and waits for answers calls slowly.
#[derive(Clone, Copy)]
pub struct Held;

pub const HOLD: Duration = Duration::from_millis(1500);

pub struct Strangers {
    secret: RandomState,
    /// By a hash of the source: who shares a place with another nobody can choose, and there are never more of them.
    each: DefaultKeyedRateLimiter<u16>,
    all: DefaultDirectRateLimiter,
    /// By a hash of what is shown.
    shown: DefaultKeyedRateLimiter<u16>,
    refused: AtomicU64,
    places: Semaphore,
    long_bodies: Semaphore,
}

impl Default for Strangers {
    fn default() -> Self {
        Self {
            secret: RandomState::new(),
            each: RateLimiter::keyed(Quota::per_second(EACH).allow_burst(EACH_AT_ONCE)),
            all: RateLimiter::direct(Quota::per_second(ALL).allow_burst(ALL_AT_ONCE)),
            shown: RateLimiter::keyed(Quota::per_second(SHOWN).allow_burst(SHOWN_AT_ONCE)),
            refused: AtomicU64::new(0),
            places: Semaphore::new(AT_A_TIME),
            long_bodies: Semaphore::new(LONG_AT_A_TIME),
        }
    }
}

impl Strangers {
    /// Whether one more call from this source is at a pace that is fine.
    fn each(&self, source: &str) -> bool {
        self.each.check_key(&self.place_of(source)).is_ok()
    }

    /// Whether this may be shown once more where nobody knows what it is worth.
    fn shown(&self, what: impl Hash) -> bool {
        self.shown.check_key(&self.place_of(what)).is_ok()
    }

    fn place_of(&self, what: impl Hash) -> u16 {
        self.secret.hash_one(what) as u16
    }

    /// The same of all together.
    fn all(&self) -> bool {
        self.all.check().is_ok()
    }

    /// A place among those who are worked for; `None` when too many wait.
    pub async fn place(&self) -> Option<SemaphorePermit<'_>> {
        timeout(WAIT, self.places.acquire()).await.ok()?.ok()
    }

    /// The request with its whole body, so that a slow one takes nobody's place; without one that is too long.
    pub async fn with_body(&self, request: Request) -> Result<Request, Response> {
        let (mut parts, body) = request.into_parts();
        let long = body.size_hint().upper().is_none_or(|bytes| bytes > LONG);
        let _permit = if long { Some(self.long_bodies.try_acquire().map_err(|_| too_many())?) } else { None };
        let late = |_| (StatusCode::REQUEST_TIMEOUT, "That took too long.\n").into_response();
        let read = timeout(BODY, to_bytes(body, MOST_BYTES)).await.map_err(late)?;
        let body = read.map(Body::from).unwrap_or_else(|_| {
            parts.headers.remove(header::CONTENT_TYPE);
            Body::empty()
        });
        Ok(Request::from_parts(parts, body))
    }

    /// How many calls came too fast since this replica began.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    pub fn forget_old(&self) {
        self.each.retain_recent();
        self.shown.retain_recent();
    }
}

/// What becomes of a call.
pub enum Met {
    /// It goes on.
    Passes,
    /// It goes on, and its answer is held back.
    PassesLate,
    /// This is its answer, held back.
    Ends(Response),
}

/// The first thing that every call meets: who is known passes, and of the others as many as can be worked for.
pub async fn meet(house: &House, request: &mut Request) -> Met {
    if is_known(house, request).await {
        return Met::Passes;
    }
    let source = source::of(request.headers(), request.extensions(), &house.config);
    request.extensions_mut().insert(Stranger);
    if let Some(over) = request.extensions().get::<Over>() {
        over.gives_way();
    }

    // A load balancer shows nothing, and a flood from elsewhere must not make it wait.
    let health = request.uri().path() == "/health";
    if house.strangers.each(&source) && (health || house.strangers.all()) {
        return Met::Passes;
    }
    house.strangers.refused.fetch_add(1, Relaxed);
    house.governance.count_attempt("too fast", &source);
    match request.uri().path() {
        "/health" => Met::PassesLate,
        path if agent_api::is_at(path) => Met::Ends(agent_api::too_fast()),
        _ => Met::Ends(too_many()),
    }
}

/// Whether the caller shows something that Reins has made. Where that cannot be found out, the record is away.
async fn is_known(house: &House, request: &mut Request) -> bool {
    if agent_api::is_at(request.uri().path()) {
        let Some(key) = agent_api::shown_key(request.headers()) else { return false };
        let known = house.governance.knows(&key);
        request.extensions_mut().insert(key);
        return known;
    }
    // Boxed, as calls of agents would move it through each layer.
    Box::pin(shows_a_cookie(house, request.headers())).await
}

/// Whether the caller has a session, as far as is known, or may show one, or the mark of a device, once more.
async fn shows_a_cookie(house: &House, headers: &HeaderMap) -> bool {
    if let Some(session) = sessions::session_of(headers, &house.config)
        && (house.seen.lately(session)
            || house.governance.made_session_id(session.0).await.unwrap_or(true) && house.strangers.shown(session))
    {
        return true;
    }
    match sessions::device_of(headers, &house.config) {
        Some(device) => {
            house.governance.made_device(device, None).await.unwrap_or(false) && house.strangers.shown(device)
        }
        None => false,
    }
}

pub fn too_many() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "2")], "Too many calls from here. Wait a moment.\n")
        .into_response()
}
