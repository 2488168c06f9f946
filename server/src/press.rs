//! How a press of Stop arrives: nothing that the caller's connection does ends it, and its answer says what is known.

use std::time::Duration;

use axum::{
    Extension, Form,
    extract::{FromRequest, Path, Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use governance::{Actor, Error, Pressed, call, in_call};
use serde::Deserialize;
use tokio::time::timeout;

use crate::{House, forms::own_path, pages};

/// How long the reason of a stop may take to come; the stop does not wait for it longer.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long the page that shows the stop may take to be able to.
const PAGE_PATIENCE: Duration = Duration::from_millis(300);

/// Whether a request presses Stop.
pub fn is_press(request: &Request) -> bool {
    let path = request.uri().path();
    !request.method().is_safe() && (path == "/stop" || path.starts_with("/stop/"))
}

/// A press goes on when its caller hangs up, and waits behind nobody.
pub async fn outlive(State(house): State<House>, request: Request, next: Next) -> Response {
    if !is_press(&request) {
        return next.run(request).await;
    }
    let work = next.run(request);
    let answer = match call() {
        Some(id) => house.lane.run(in_call(id, work)).await,
        None => house.lane.run(work).await,
    };
    answer.unwrap_or_else(|_| pages::not_stopped(pages::Open::Unknown))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StopForm {
    reason: String,
    from: String,
}

pub async fn stop_everything(house: State<House>, actor: Extension<Actor>, request: Request) -> Response {
    stop(house.0, actor.0, None, request).await
}

pub async fn stop_agent(
    house: State<House>,
    actor: Extension<Actor>,
    slug: Path<String>,
    request: Request,
) -> Response {
    stop(house.0, actor.0, Some(slug.0), request).await
}

async fn stop(house: House, actor: Actor, slug: Option<String>, request: Request) -> Response {
    // Whatever comes with it must not fail the stop.
    let form = timeout(PATIENCE, Form::<StopForm>::from_request(request, &())).await;
    let Form(form) = form.ok().and_then(Result::ok).unwrap_or_default();
    match house.governance.press(&actor, slug.as_deref(), &form.reason).await {
        Ok(Pressed::Recorded(stop)) => {
            // A page that cannot be shown just now must not put the stop in doubt.
            let shown = timeout(PAGE_PATIENCE, house.governance.ready()).await;
            if !matches!(shown, Ok(Ok(_))) {
                return pages::stopped(&stop);
            }
            let to = if form.from.is_empty() { "/stop" } else { own_path(&form.from) };
            Redirect::to(to).into_response()
        }
        Ok(Pressed::NotRecorded) => pages::not_stopped(pages::Open::NotRecorded),
        Ok(Pressed::Unknown) => pages::not_stopped(pages::Open::Unknown),
        Ok(Pressed::NotKept) => pages::not_taken(
            StatusCode::SERVICE_UNAVAILABLE,
            "So many reasons that you have given for this stop are not recorded yet that this one is not kept. Reins goes on \
             trying to record the stop.",
            &form.reason,
            "/stop",
        ),
        Ok(Pressed::TooMany) => pages::no_place(&form.reason),
        Err(Error::NotFound) => no_such_agent(),
        Err(Error::Forbidden) => {
            let words = "You may not sign in any more, so this press stopped nothing.";
            pages::refused(StatusCode::FORBIDDEN, words, "/sign-in")
        }
        Err(_) => pages::not_stopped(pages::Open::NotTried),
    }
}

pub fn no_such_agent() -> Response {
    pages::refused(StatusCode::NOT_FOUND, "There is no such agent, so this press stopped nothing.", "/stop")
}
