//! Callers who show nothing that Reins has made: held back in memory, so that they keep nobody from the stop.

use std::{
    hash::{BuildHasher, RandomState},
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// Calls a second, and at once, from one source, behind which may sit a whole office.
const EACH: NonZeroU32 = NonZeroU32::new(50).unwrap();
const EACH_AT_ONCE: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// The same of all together.
const ALL: NonZeroU32 = NonZeroU32::new(500).unwrap();
const ALL_AT_ONCE: NonZeroU32 = NonZeroU32::new(1000).unwrap();

/// How many are worked for at a time: the others wait, and nobody waits behind them.
const AT_A_TIME: usize = 8;
const WAIT: Duration = Duration::from_secs(2);

/// The longest body, in bytes, which bodies count as long, how many of those are read at a time, and how long one may take.
const MOST_BYTES: usize = 256 * 1024;
const LONG: u64 = 8 * 1024;
const LONG_AT_A_TIME: usize = 64;
const BODY: Duration = Duration::from_secs(5);

pub struct Strangers {
    secret: RandomState,
    /// By a hash of the source: who shares a place with another nobody can choose, and there are never more of them.
    each: DefaultKeyedRateLimiter<u16>,
    all: DefaultDirectRateLimiter,
    places: Semaphore,
    long_bodies: Semaphore,
}

impl Default for Strangers {
    fn default() -> Self {
        Self {
            secret: RandomState::new(),
            each: RateLimiter::keyed(Quota::per_second(EACH).allow_burst(EACH_AT_ONCE)),
            all: RateLimiter::direct(Quota::per_second(ALL).allow_burst(ALL_AT_ONCE)),
            places: Semaphore::new(AT_A_TIME),
            long_bodies: Semaphore::new(LONG_AT_A_TIME),
        }
    }
}

impl Strangers {
    /// Whether one more call from this source is looked at.
    pub fn admit(&self, source: &str) -> bool {
        let place = self.secret.hash_one(source) as u16;
        self.each.check_key(&place).is_ok() && self.all.check().is_ok()
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

    pub fn forget_old(&self) {
        self.each.retain_recent();
    }
}

pub fn too_many() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "2")], "Too many calls from here. Wait a moment.\n")
        .into_response()
}
