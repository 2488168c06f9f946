//! What every call goes through first and last: it gets an id, is counted, and has its line in the log.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    response::Response,
};
use governance::Histogram;
use leptos::server_fn::axum::server_fn_paths;
use tokio::time::Instant;
use uuid::{Builder, Uuid, fmt::Hyphenated};

use crate::{House, agent_api, config::LogCalls};

/// In an answer: the id of its call.
pub const ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a call is for, as far as it says how long it may take.
#[derive(Clone, Copy)]
enum What {
    Ask,
    Claim,
    Agent,
    /// What is answered when something happens.
    Wait,
    Page,
    Change,
    Stop,
    /// Files, `/health`, and what leads nowhere.
    Other,
}

const WHATS: [&str; 8] = ["ask", "claim", "agent", "wait", "page", "change", "stop", "other"];

/// How calls end; who has hung up before has no status.
const ENDS: [&str; 6] = ["gone", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// Microseconds.
const LONG: &[u64] = &[
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
];

/// How many calls ended how, and how long they took, since this replica began.
pub struct Calls {
    ended: [[AtomicU64; ENDS.len()]; WHATS.len()],
    took: [Histogram; WHATS.len()],
}

impl Default for Calls {
    fn default() -> Self {
        Self { ended: Default::default(), took: std::array::from_fn(|_| Histogram::new(LONG)) }
    }
}

impl Calls {
    /// By what they were for and how they ended.
    pub fn ended(&self) -> impl Iterator<Item = ([&'static str; 2], u64)> {
        WHATS.into_iter().zip(&self.ended).flat_map(|(what, ended)| {
            ENDS.into_iter().zip(ended).map(move |(end, count)| ([what, end], count.load(Relaxed)))
        })
    }

    /// Microseconds until the head of the answer, by what they were for.
    pub fn took(&self) -> impl Iterator<Item = (&'static str, &Histogram)> {
        WHATS.into_iter().zip(&self.took)
    }

    fn count(&self, what: What, status: Option<StatusCode>, took: Duration) {
        let end = status.map_or(0, |status| usize::from(status.as_u16() / 100).min(ENDS.len() - 1));
        self.ended[what as usize][end].fetch_add(1, Relaxed);
        self.took[what as usize].observe(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }
}

/// A call until its answer is there, or its caller has hung up.
pub struct Call {
    house: House,
    pub id: Uuid,
    /// That of whoever calls, where they say one.
    trace: Option<u128>,
    method: &'static str,
    route: Option<MatchedPath>,
    /// Of a server function, which has no route of its own.
    function: Option<&'static str>,
    begun: Instant,
    status: Option<StatusCode>,
}

impl Call {
    pub fn begin(house: House, request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let function = route.as_ref().filter(|route| route.as_str() == "/api/{*function}");
        let path = request.uri().path();
        let function = function.and_then(|_| server_fn_paths().find(|(known, _)| *known == path));
        let known = [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE];
        let names = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE"];
        let method = known.iter().zip(names).find(|(known, _)| *known == request.method());
        Self {
            house,
            id: Builder::from_random_bytes(rand::random()).into_uuid(),
            trace: trace(request.headers()),
            // What somebody makes up is not written down.
            method: method.map_or("other", |(_, name)| name),
            route,
            function: function.map(|(path, _)| path),
            begun: Instant::now(),
            status: None,
        }
    }

    /// This is its answer, which says its id.
    pub fn end(mut self, answer: &mut Response) {
        self.status = Some(answer.status());
        let mut written = [0; Hyphenated::LENGTH];
        if let Ok(id) = HeaderValue::from_str(self.id.hyphenated().encode_lower(&mut written)) {
            answer.headers_mut().insert(ID, id);
        }
    }

    fn what(&self) -> What {
        let posts = self.method == "POST";
        match self.route.as_ref().map(MatchedPath::as_str) {
            None | Some("/health") => What::Other,
            Some("/api/v1/actions") if posts => What::Ask,
            Some("/api/v1/actions/{id}/claim") => What::Claim,
            Some("/api/v1/actions/{id}" | "/api/v1/stream" | "/live") => What::Wait,
            Some(route) if agent_api::is_at(route) => What::Agent,
            Some("/stop" | "/stop/{slug}") if posts => What::Stop,
            Some(_) if posts => What::Change,
            Some(_) => What::Page,
        }
    }

    /// The address without what stands in it.
    fn template(&self) -> &str {
        self.function.or(self.route.as_ref().map(MatchedPath::as_str)).unwrap_or("-")
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let took = self.begun.elapsed();
        self.house.calls.count(self.what(), self.status, took);
        let failed = self.status.is_some_and(|status| status.is_server_error());
        let logged = match self.house.config.log_calls {
            LogCalls::None => false,
            LogCalls::Failed => failed,
            LogCalls::All => true,
        };
        if !logged {
            return;
        }
        let (method, route, id) = (self.method, self.template(), self.id);
        let (status, ms) = (self.status.map_or(0, |status| status.as_u16()), took.as_secs_f64() * 1000.0);
        // A call that continues no trace is one of its own.
        let trace = format!("{:032x}", self.trace.unwrap_or(id.as_u128()));
        match failed {
            true => tracing::warn!(method, route, status, ms, %id, trace, "call"),
            false => tracing::info!(method, route, status, ms, %id, trace, "call"),
        }
    }
}

/// The trace that a caller is in, by W3C Trace Context; what is not exactly as it says, or comes twice, is none.
fn trace(headers: &HeaderMap) -> Option<u128> {
    let mut values = headers.get_all("traceparent").iter();
    let text = values.next().filter(|_| values.next().is_none())?.to_str().ok()?;
    let (parent, rest) = text.split_at_checked(55)?;
    let mut parts = parent.split('-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        let lower = part.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        u128::from_str_radix(part, 16).ok().filter(|_| lower)
    };
    let (version, trace, span, _flags) = (number(2)?, number(32)?, number(16)?, number(2)?);
    // A later version may say more.
    let ends = rest.is_empty() || version > 0 && rest.starts_with('-');
    (ends && version != 0xff && trace != 0 && span != 0).then_some(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn of(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("traceparent", HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        trace(&headers).map(|trace| format!("{trace:032x}"))
    }

    #[test]
    fn a_traceparent_is_continued() {
        for flags in ["00", "01", "ff"] {
            assert_eq!(of(&[&format!("00-{TRACE}-00f067aa0ba902b7-{flags}")]).as_deref(), Some(TRACE));
        }
        assert_eq!(of(&[&format!("cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later")]).as_deref(), Some(TRACE));
    }

    #[test]
    fn what_is_no_traceparent_is_none() {
        let good = format!("00-{TRACE}-00f067aa0ba902b7-01");
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[&good, &good]), None);
        for hostile in [
            String::new(),
            "x".repeat(8000),
            good.to_uppercase(),
            format!(" {good}"),
            format!("{good}-more"),
            format!("{good}0"),
            format!("cc-{TRACE}-00f067aa0ba902b7-01.more"),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-+{}-00f067aa0ba902b7-01", &TRACE[1..]),
            format!("00-{}\u{1b}-00f067aa0ba902b7-01", &TRACE[1..]),
            format!("00-{}é-00f067aa0ba902b7-01", &TRACE[2..]),
            format!("00_{TRACE}_00f067aa0ba902b7_01"),
        ] {
            assert_eq!(of(&[&hostile.replace('\u{1b}', "\u{fe}")]), None, "{hostile}");
        }
    }
}
