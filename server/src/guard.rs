//! Who may pass: the person of the session, before anything is rendered, and no post from another site.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::PersonId;
use governance::Actor;
use tokio::time::timeout;
use tower_sessions::Session;

use crate::{House, kept, pages, press, source};

/// Under which the session keeps who signed in.
pub const PERSON: &str = "person";

/// How long a press of Stop waits for its session to be read, before memory says who it is, or where memory cannot.
const SOON: Duration = Duration::from_millis(500);
const LATE: Duration = Duration::from_millis(1300);

/// Where nobody has to be signed in.
const OPEN: [&str; 2] = ["/sign-in", "/setup"];

pub async fn guard(State(house): State<House>, session: Session, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let safe = request.method().is_safe();
    let presses = press::is_press(&request);
    let found = if presses { who_presses(&house, &session).await } else { signed_in(&house, &session).await };
    let actor = match found {
        Ok(actor) => actor,
        Err(()) if presses => return pages::not_stopped(pages::Open::NotTried),
        Err(()) => return pages::unavailable(),
    };

    if !safe && !same_site(request.headers(), &house) {
        // The refusal stands even if it cannot be recorded.
        match &actor {
            Some(actor) => {
                let _ = house.governance.refused(actor, &format!("post from another site to {path}")).await;
            }
            None => {
                let (parts, _) = request.into_parts();
                let source = source::of(&parts, house.config.is_public());
                if house.strangers.check_key(&source).is_ok() {
                    let _ = house.governance.count_attempt("another site", &source).await;
                }
            }
        }
        return (StatusCode::FORBIDDEN, "This post came from another site, so nothing was done.\n").into_response();
    }
    match actor {
        Some(actor) => {
            request.extensions_mut().insert(actor);
            kept::comes_from(&mut request);
        }
        None if OPEN.contains(&path.as_str()) => {}
        None => return signed_out(&house, request, &path, safe, next).await,
    }
    next.run(request).await
}

/// The person of this session as they are now; an error stands for a database that is away.
async fn signed_in(house: &House, session: &Session) -> Result<Option<Actor>, ()> {
    let Some(session_id) = session.id() else { return Ok(None) };
    let person = match session.get::<PersonId>(PERSON).await.map_err(|_| ())? {
        Some(id) => house.governance.person(id).await.map_err(|_| ())?,
        None => None,
    };
    let actor = person.map(Actor::Person);
    match &actor {
        Some(actor) => house.seen.remember(session_id, actor),
        None => house.seen.forget(session_id),
    }
    Ok(actor)
}

/// The same for a press of Stop, soon: a record that does not answer keeps nobody from stopping who was known here.
async fn who_presses(house: &House, session: &Session) -> Result<Option<Actor>, ()> {
    let Some(session_id) = session.id() else { return Ok(None) };
    if let Ok(Ok(found)) = timeout(SOON, signed_in(house, session)).await {
        return Ok(found);
    }
    match house.seen.recall(session_id) {
        Some(actor) => Ok(Some(actor)),
        None => timeout(LATE, signed_in(house, session)).await.unwrap_or(Err(())),
    }
}

async fn signed_out(house: &House, request: Request, path: &str, safe: bool, next: Next) -> Response {
    let server_function = path.starts_with("/api/");
    if !safe || server_function {
        let (parts, body) = request.into_parts();
        let source = source::of(&parts, house.config.is_public());
        // Counting is for people to see; that it fails must not change the answer.
        if house.strangers.check_key(&source).is_ok() {
            let _ = house.governance.count_attempt("no session", &source).await;
        }
        let plain_form =
            parts.headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).is_some_and(|a| a.contains("text/html"));
        if server_function && !plain_form {
            // The function itself answers, in the form that the page understands.
            return next.run(Request::from_parts(parts, body)).await;
        }
        if kept::leaves_its_page(&parts.headers)
            && path != "/sign-out"
            && let Some(page) = kept::keep(&parts, body).await
        {
            return page;
        }
        return Redirect::to("/sign-in?error=signed-out").into_response();
    }
    match house.governance.has_admin().await {
        Ok(false) => Redirect::to("/setup").into_response(),
        _ => Redirect::to(&format!("/sign-in?next={}", urlencode(path))).into_response(),
    }
}

fn urlencode(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~/".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Sec-Fetch-Site where the browser sends it, otherwise Origin; a browser that sends neither is refused.
fn same_site(headers: &HeaderMap, house: &House) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text("origin") else { return false };
    match &house.config.public_url {
        Some(public) => origin == public,
        None => text("host").is_some_and(|host| origin == format!("http://{host}")),
    }
}
