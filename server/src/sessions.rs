//! Sessions in PostgreSQL, for tower-sessions; and in memory who they were last, for a stop while PostgreSQL is away.

use std::{collections::HashMap, sync::Mutex};

use async_trait::async_trait;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::id::PersonId;
use governance::{Actor, Governance, SESSION};
use tokio::time::Instant;
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::{
        SameSite,
        time::{Duration, OffsetDateTime},
    },
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::{House, config::ServeConfig};

/// Under which a session holds who signed in, and nothing else.
pub const PERSON: &str = "person";

/// The session layer: a `__Host-` cookie behind TLS, a plainly named one for development.
pub fn layer(governance: Governance, config: &ServeConfig) -> SessionManagerLayer<Store> {
    let secure = config.is_public();
    SessionManagerLayer::new(Store(governance))
        .with_name(session_cookie(config))
        .with_secure(secure)
        .with_http_only(true)
        .with_path("/")
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::seconds(SESSION.as_secs() as i64)))
}

/// For how long a browser keeps the mark of its device, in seconds: a year.
const DEVICE_SECONDS: u32 = 365 * 24 * 3600;

/// In an answer: the device is one on which somebody has signed in.
#[derive(Clone)]
pub struct Device(pub String);

fn device_cookie(config: &ServeConfig) -> &'static str {
    if config.is_public() { "__Host-reins-device" } else { "reins-device" }
}

fn session_cookie(config: &ServeConfig) -> &'static str {
    if config.is_public() { "__Host-reins" } else { "reins" }
}

/// What the browser shows as its session; whether there is one by this id is another matter.
pub fn session_of(headers: &HeaderMap, config: &ServeConfig) -> Option<Id> {
    cookie(headers, session_cookie(config))?.parse().ok()
}

/// What the browser shows as the mark of its device.
pub fn device_of<'a>(headers: &'a HeaderMap, config: &ServeConfig) -> Option<&'a str> {
    cookie(headers, device_cookie(config))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Gives the mark of an answer to the browser, after the session's cookie.
pub async fn mark_device(State(house): State<House>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    if let Some(Device(device)) = answer.extensions_mut().remove() {
        let secure = if house.config.is_public() { "; Secure" } else { "" };
        let name = device_cookie(&house.config);
        let cookie = format!("{name}={device}; HttpOnly; SameSite=Lax; Path=/; Max-Age={DEVICE_SECONDS}{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    answer
}

/// How many sessions are remembered: more people than a shop has.
const MOST_SEEN: usize = 10_000;

/// For how long a session that was found is taken for one that is still good, before it is known who calls.
const LATELY: std::time::Duration = std::time::Duration::from_secs(60);

/// Who the sessions seen here were when they were read last. Good for pressing Stop, for being no stranger, and for nothing else.
#[derive(Default)]
pub struct Seen(Mutex<HashMap<Id, (Actor, Instant)>>);

impl Seen {
    pub fn remember(&self, session: Id, actor: &Actor) {
        let Ok(mut seen) = self.0.lock() else { return };
        if seen.len() >= MOST_SEEN && !seen.contains_key(&session) {
            seen.retain(|_, (_, at)| at.elapsed() < SESSION / 2);
            if seen.len() >= MOST_SEEN {
                return;
            }
        }
        seen.insert(session, (actor.clone(), Instant::now()));
    }

    pub fn forget(&self, session: Id) {
        if let Ok(mut seen) = self.0.lock() {
            seen.remove(&session);
        }
    }

    /// Whether the session was found within the last minute.
    pub fn lately(&self, session: Id) -> bool {
        self.0.lock().is_ok_and(|seen| seen.get(&session).is_some_and(|(_, at)| at.elapsed() < LATELY))
    }

    pub fn recall(&self, session: Id) -> Option<Actor> {
        let seen = self.0.lock().ok()?;
        seen.get(&session).filter(|(_, at)| at.elapsed() < SESSION).map(|(actor, _)| actor.clone())
    }
}

#[derive(Clone)]
pub struct Store(Governance);

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("sessions in PostgreSQL")
    }
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let person = person(record)?;
        loop {
            let id = self.0.new_session_id().await.map_err(backend)?;
            record.id = Id(id);
            // An id that exists belongs to somebody: another is drawn.
            if self.0.begin_session(id, person).await.map_err(backend)? {
                return Ok(());
            }
        }
    }

    /// A session is whole when it begins, and is not written again while it is used.
    async fn save(&self, record: &Record) -> Result<()> {
        person(record).map(|_| ())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        // What somebody made up must not cost a look.
        if !self.0.made_session_id(id.0).await.map_err(backend)? {
            return Ok(None);
        }
        let Some(person) = self.0.session(id.0).await.map_err(backend)? else { return Ok(None) };
        let person = serde_json::to_value(person).map_err(|error| Error::Decode(error.to_string()))?;
        let data = HashMap::from([(PERSON.to_owned(), person)]);
        // The database knows its end; nobody asks for it here.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.end_session(id.0).await.map_err(backend)
    }
}

fn person(record: &Record) -> Result<PersonId> {
    let person = record.data.get(PERSON).filter(|_| record.data.len() == 1).cloned();
    let person = person.ok_or_else(|| Error::Encode("a session holds its person and nothing else".to_owned()))?;
    serde_json::from_value(person).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(error: governance::Error) -> Error {
    Error::Backend(error.to_string())
}
