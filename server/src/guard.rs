//! Who may pass: the person of the session, before anything is rendered, and no post from another site.

use std::time::Duration;

use app::{feature, paths, ui::BY};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::PersonId;
use governance::{Actor, Seal};
use tokio::time::timeout;
use tower_sessions::Session;

use crate::{
    House, kept, pages, press, sessions, source,
    strangers::{self, Stranger},
};

/// How long a press of Stop waits for its session to be read, before memory says who it is, or where memory cannot.
const SOON: Duration = Duration::from_millis(500);
const LATE: Duration = Duration::from_millis(1300);

/// How long whoever does anything else waits for that: a record that has gone silent is told of, not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

pub async fn guard(State(house): State<House>, session: Session, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let safe = request.method().is_safe();
    let _place = match request.extensions().get::<Stranger>() {
        None => None,
        Some(Stranger) => {
            request = match house.strangers.with_body(request).await {
                Ok(request) => request,
                Err(answer) => return answer,
            };
            match house.strangers.place().await {
                Some(place) => Some(place),
                None => return strangers::too_many(),
            }
        }
    };
    let presses = press::is_press(&request);
    let found = match presses {
        true => who_presses(&house, &session).await,
        false => timeout(PATIENCE, signed_in(&house, &session)).await.unwrap_or(Err(())),
    };
    let actor = match found {
        Ok(actor) => actor,
        Err(()) if presses => return pages::not_stopped(pages::Open::NotTried),
        Err(()) if safe => return pages::not_shown(what_a_press_does(&house, &session)),
        Err(()) => return pages::unavailable(),
    };

    if !safe && !same_site(request.headers(), &house) {
        // The refusal stands even if it cannot be recorded.
        match &actor {
            Some(actor) => {
                let _ = house.governance.refused(actor, "post from another site", Some(&path)).await;
            }
            None => {
                let (parts, _) = request.into_parts();
                house
                    .governance
                    .count_attempt("another site", &source::of(&parts.headers, &parts.extensions, &house.config));
            }
        }
        return (StatusCode::FORBIDDEN, "This post came from another site, so nothing was done.\n").into_response();
    }
    // An error leads back to where the post came from, which has to be here.
    let from = request.headers().get(header::REFERER).map(|from| from.to_str().unwrap_or_default().to_owned());
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !safe && from.is_some_and(|from| !is_own_address(&from, host, &house)) {
        request.headers_mut().remove(header::REFERER);
    }
    match actor {
        // A stop goes through by whoever is signed in.
        Some(actor) if !safe && !presses && !is_of(&request, &actor) => return of_somebody_else(request, &actor).await,
        Some(actor) => {
            request.extensions_mut().insert(actor);
            kept::comes_from(&mut request);
            if needs_seal(&request)
                && let Some(seal) = seal(&house, &session).await
            {
                request.extensions_mut().insert(seal);
            }
        }
        None if feature::is_open(&path) => {}
        None => return signed_out(&house, request, &path, safe, next).await,
    }
    next.run(request).await
}

/// Whether a form was drawn for the person who sends it, where its address says for whom it was drawn.
fn is_of(request: &Request, actor: &Actor) -> bool {
    let by = kept::part(request.uri(), BY);
    by.is_none_or(|by| actor.person().is_ok_and(|me| me.id.to_string() == by))
}

/// Somebody has signed in since, in another tab perhaps. Nothing is done in their name that they have not read.
async fn of_somebody_else(request: Request, actor: &Actor) -> Response {
    let (parts, body) = request.into_parts();
    let who = actor.person().map(|me| me.name.as_str()).unwrap_or_default();
    let told = pages::somebody_else(who);
    if !kept::leaves_its_page(&parts.headers) {
        return pages::refused(StatusCode::CONFLICT, &format!("{told} Nothing was done."), "/");
    }
    match kept::keep(&parts, body, Some(who)).await {
        Some(page) => page,
        None => {
            let words = format!("{told} Nothing was done, and what you wrote was not kept.");
            pages::refused(StatusCode::CONFLICT, &words, kept::page_of(&parts).as_deref().unwrap_or("/"))
        }
    }
}

/// Whether the session is still good, and still this person's. Where that cannot be found out, it is not.
pub async fn is_still(house: &House, session: &Session, actor: &Actor) -> bool {
    let person = |actor: &Actor| actor.person().ok().map(|me| me.id);
    session.load().await.is_ok()
        && matches!(signed_in(house, session).await, Ok(Some(now)) if person(&now) == person(actor))
}

/// The person of this session as they are now; an error stands for a database that is away.
async fn signed_in(house: &House, session: &Session) -> Result<Option<Actor>, ()> {
    let Some(session_id) = session.id() else { return Ok(None) };
    let person = match session.get::<PersonId>(sessions::PERSON).await.map_err(|_| ())? {
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

/// What a press of Stop does for whoever looks now, while the record is away.
fn what_a_press_does(house: &House, session: &Session) -> pages::Press {
    let known = session.id().is_some_and(|id| house.seen.recall(id).is_some());
    match known {
        false => pages::Press::NotTaken,
        true if house.governance.holds_back() => pages::Press::Open,
        true => pages::Press::Taken,
    }
}

/// For what a page is told in its address. The first one is read from the database: what stops and releases waits for none.
fn needs_seal(request: &Request) -> bool {
    let path = request.uri().path();
    match request.method().is_safe() {
        true => request.uri().query().is_some(),
        false => !path.starts_with("/stop") && !path.starts_with("/release"),
    }
}

/// Without one the page is told nothing.
async fn seal(house: &House, session: &Session) -> Option<Seal> {
    house.governance.seal(&session.id()?.to_string()).await.ok()
}

async fn signed_out(house: &House, request: Request, path: &str, safe: bool, next: Next) -> Response {
    let server_function = path.starts_with("/api/");
    if !safe || server_function {
        let (parts, body) = request.into_parts();
        house.governance.count_attempt("no session", &source::of(&parts.headers, &parts.extensions, &house.config));
        let plain_form =
            parts.headers.get(header::ACCEPT).and_then(|a| a.to_str().ok()).is_some_and(|a| a.contains("text/html"));
        if server_function && !plain_form {
            // The function itself answers, in the form that the page understands.
            return next.run(Request::from_parts(parts, body)).await;
        }
        if kept::leaves_its_page(&parts.headers)
            && path != "/sign-out"
            && let Some(page) = kept::keep(&parts, body, None).await
        {
            return page;
        }
        return Redirect::to("/sign-in?error=signed-out").into_response();
    }
    let asked = request.uri().path_and_query().map_or(path, |asked| asked.as_str()).to_owned();
    match house.governance.has_admin().await {
        Ok(false) => Redirect::to("/setup").into_response(),
        _ => Redirect::to(&paths::sign_in_to(&asked)).into_response(),
    }
}

/// Sec-Fetch-Site where the browser sends it, and Origin; a browser that sends neither is refused.
fn same_site(headers: &HeaderMap, house: &House) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (site, origin, host) = (text("sec-fetch-site"), text("origin"), text("host"));
    match (site, origin) {
        (None, None) => false,
        (Some(site), None) => is_own_site(site),
        // Behind a proxy without `public_url` nobody knows the scheme.
        (Some(site), Some(origin)) => is_own_site(site) && is_own_address(origin, host, house),
        (None, Some(origin)) => match &house.config.public_url {
            Some(public) => origin == public,
            None => host.is_some_and(|host| origin == format!("http://{host}")),
        },
    }
}

fn is_own_site(site: &str) -> bool {
    site == "same-origin" || site == "none"
}

/// Whether an address is of the host that was called, or that people use.
fn is_own_address(address: &str, host: Option<&str>, house: &House) -> bool {
    let authority = |address: &str| Some(address.parse::<Uri>().ok()?.authority()?.as_str().to_owned());
    let Some(shown) = authority(address) else { return false };
    host.is_some_and(|host| host == shown) || house.config.public_url.as_deref().and_then(authority) == Some(shown)
}
