//! Past actions that somebody gives to be judged: too much for a server function, so a form of its own takes them.

use std::time::Duration;

use app::{MOST_GIVEN, paths};
use axum::{
    Extension,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    authoring::draft::{DraftConflict, DraftSeen},
    role::Capability,
};
use governance::{Actor, Conflict, Error, Past};

use crate::{House, pages, sent, unread};

/// What a body may have beside what is given.
const MARGIN: usize = 64 * 1024;

/// The largest body that is read.
pub const MOST: usize = MOST_GIVEN + MARGIN;

/// Begins to judge what was given by the draft that was seen.
pub async fn judge(
    State(house): State<House>,
    Extension(actor): Extension<Actor>,
    Path(slug): Path<String>,
    request: Request,
) -> Response {
    let back = paths::impact(&slug);
    let not_done = |status, words: &str| pages::refused(status, &format!("{words}, so nothing was judged."), &back);
    if !actor.can(Capability::Govern) {
        // Before anything of it is read.
        return match house.governance.refused(&actor, Capability::Govern.words(), None).await {
            Ok(()) => not_done(StatusCode::FORBIDDEN, "Only an admin has the past judged by a draft"),
            Err(_) => pages::unavailable(),
        };
    }
    if is_too_long(request.headers()) {
        // A browser that is still sending would not hear the answer.
        unread::pass_over(request.into_body(), 2 * MOST, Duration::from_secs(60)).await;
        let words = format!("This is more than {} MB; give it in parts", MOST_GIVEN / 1024 / 1024);
        return not_done(StatusCode::PAYLOAD_TOO_LARGE, &words);
    }
    let Some(Given { seen, lines }) = Given::read(request).await else {
        return not_done(StatusCode::UNPROCESSABLE_ENTITY, "What was sent cannot be read as text");
    };
    if lines.trim().is_empty() {
        return not_done(StatusCode::UNPROCESSABLE_ENTITY, "No lines were pasted, and no file was chosen");
    }
    match house.governance.start_impact(&actor, &slug, seen, Past::Lines(lines)).await {
        Ok(_) => Redirect::to(&back).into_response(),
        Err(Error::NotFound) => not_done(StatusCode::NOT_FOUND, "There is no such agent"),
        Err(Error::Forbidden) => not_done(StatusCode::FORBIDDEN, "Only an admin has the past judged by a draft"),
        Err(Error::Conflict(Conflict::Draft(DraftConflict::Judging))) => {
            not_done(StatusCode::CONFLICT, "The past is being judged already")
        }
        Err(Error::Conflict(Conflict::Draft(DraftConflict::Retired))) => {
            not_done(StatusCode::CONFLICT, "The agent is retired")
        }
        Err(Error::Conflict(_)) => not_done(StatusCode::CONFLICT, "Somebody has changed the draft meanwhile"),
        Err(Error::Invalid(..)) => not_done(StatusCode::UNPROCESSABLE_ENTITY, "What was sent does not fit"),
        Err(Error::Unavailable) => pages::unavailable(),
        Err(Error::Unknown) => pages::unknown(&back),
    }
}

/// A browser says how much it sends.
fn is_too_long(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length > MOST as u64)
}

struct Given {
    seen: DraftSeen,
    lines: String,
}

impl Given {
    /// A file comes before what was pasted.
    async fn read(request: Request) -> Option<Self> {
        let (mut seen, mut pasted, mut file) = (None, String::new(), String::new());
        for (name, text) in sent::fields(request).await? {
            match name.as_str() {
                "seen" => seen = text.parse().ok(),
                "lines" => pasted = text,
                "file" => file = text,
                _ => {}
            }
        }
        let given = if file.is_empty() { pasted } else { file };
        // What some editors put before a text.
        let lines = given.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(given);
        Some(Self { seen: seen?, lines })
    }
}
