//! What every call of an agent goes through: its key, its pace, its body.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
};
use domain::{
    json,
    schema::{Misfit, escape},
};
use governance::{AgentError, Key};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use tokio::time::timeout;

use super::{
    problem::{Kind, Problem},
    wire::Nothing,
};
use crate::{House, strangers::Stranger};

/// The longest body, in bytes.
const MOST_BYTES: usize = 256 * 1024;

/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A caller with a key, at a pace that is fine. Operations check the key again, in their own transaction.
pub struct Caller(pub Key);

impl FromRequestParts<House> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Self, Problem> {
        let key: Key = parts.extensions.remove().ok_or_else(Problem::bad_key)?;
        if parts.extensions.get::<Stranger>().is_some() {
            soon(house.governance.check_key(&key)).await?;
        }
        house.pace.check_key(&key.fingerprint().to_vec()).map_err(|_| Problem::too_fast(1))?;
        Ok(Self(key))
    }
}

/// The key that a call shows, if what it shows can be one.
pub fn shown_key(headers: &HeaderMap) -> Option<Key> {
    let (scheme, token) = only(headers, "authorization")?.split_once(' ')?;
    Key::read(token.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"))
}

impl Caller {
    pub async fn read<T: DeserializeOwned>(&self, house: &House, request: Request<Body>) -> Result<T, Problem> {
        self.first(house, read_body(request).await).await
    }

    /// For what is said by the address alone: no body, or an empty object, which many clients send.
    pub async fn read_nothing(&self, house: &House, request: Request<Body>) -> Result<(), Problem> {
        let read = async {
            let is_json = is_json(request.headers());
            match read_bytes(request).await? {
                nothing if nothing.is_empty() => Ok(()),
                _ if !is_json => Err(not_json()),
                bytes => parse(&bytes).map(|Nothing {}| ()),
            }
        };
        self.first(house, read.await).await
    }

    /// A bad key is said before anything else that is bad.
    pub async fn first<T>(&self, house: &House, read: Result<T, Problem>) -> Result<T, Problem> {
        match read {
            Ok(value) => Ok(value),
            Err(problem) => match soon(house.governance.check_key(&self.0)).await {
                Err(error @ (AgentError::BadKey | AgentError::Unavailable)) => Err(error.into()),
                _ => Err(problem),
            },
        }
    }
}

/// How long the record may take for a call, its waits apart: one that has gone silent is away.
const ANSWER: Duration = Duration::from_secs(3);

/// What the record says, soon or not at all.
///
/// Boxed, for each layer of a call moves what the call may ever wait for, and most calls do not wait for this.
pub async fn soon<T>(work: impl Future<Output = Result<T, AgentError>>) -> Result<T, AgentError> {
    timeout(ANSWER, Box::pin(work)).await.unwrap_or(Err(AgentError::Unavailable))
}

async fn read_body<T: DeserializeOwned>(request: Request<Body>) -> Result<T, Problem> {
    if !is_json(request.headers()) {
        return Err(not_json());
    }
    parse(&read_bytes(request).await?)
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|text| text.split(';').next());
    media_type.is_some_and(|text| text.trim().eq_ignore_ascii_case("application/json"))
}

fn not_json() -> Problem {
    Problem::new(Kind::NotJson, "the body has to be application/json")
}

async fn read_bytes(request: Request<Body>) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(Kind::TooLarge, "a body has at most 256 KiB");
    if request.body().size_hint().lower() > MOST_BYTES as u64 {
        return Err(too_large());
    }
    timeout(PATIENCE, to_bytes(request.into_body(), MOST_BYTES))
        .await
        .map_err(|_| Problem::new(Kind::TooSlow, "the body did not come within 10 s"))?
        .map_err(|_| too_large())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value = json::parse(bytes).map_err(|misfit| Problem::invalid(vec![misfit]))?;
    if !value.is_object() {
        let misfit = Misfit { pointer: String::new(), detail: "is not an object".to_owned() };
        return Err(Problem::invalid(vec![misfit]));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let misfit = Misfit { pointer: pointer(error.path()), detail: json::in_words(&error.inner().to_string()) };
        Problem::invalid(vec![misfit])
    })
}

fn pointer(path: &Path) -> String {
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Map { key } => Some(escape(key)),
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    segments.map(|segment| format!("/{segment}")).collect()
}

/// The header's value, unless it is there twice: which of them counts must not be for a proxy to say.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())?.to_str().ok()
}

/// In an answer: the same was taken under its idempotency key before.
pub fn replayed() -> [(HeaderName, HeaderValue); 1] {
    [(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"))]
}

/// The idempotency key: 1 to 255 visible ASCII characters.
pub fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let fits = |text: &&str| (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    let key = only(headers, "idempotency-key").filter(fits);
    key.map(str::to_owned).ok_or_else(|| {
        let detail = "the header `Idempotency-Key` has to have 1 to 255 visible ASCII characters".to_owned();
        Problem::invalid(vec![Misfit { pointer: String::new(), detail }])
    })
}
