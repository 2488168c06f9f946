use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::schema::Misfit;
use governance::Feedback;

use super::{
    Named,
    call::{Caller, idempotency_key, replayed, soon},
    problem::Problem,
    request_id,
    wire::FeedbackBody,
};
use crate::House;

const MOST_NOTE: usize = 4000;

/// Says what came of a request later; from the agent, or from a hook such as a helpdesk. May come many times; with an
/// idempotency key, what is sent again counts once.
#[utoipa::path(
    post, path = "/actions/{id}/feedback", operation_id = "give_feedback", tag = "actions",
    params(
        ("id" = uuid::Uuid, Path, description = "The request's id"),
        (
            "Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$",
            description = "1 to 255 visible ASCII characters, unique per request: what comes again under it counts once"
        ),
    ),
    request_body = FeedbackBody,
    responses(
        (
            status = 204, description = "Taken",
            headers(("Idempotent-Replayed" = bool, description = "`true` where it was taken before"))
        ),
        (status = 409, body = Problem, description = "`idempotency-mismatch`"),
    ),
    security(("key" = []))
)]
pub async fn give(
    State(house): State<House>,
    caller: Caller,
    path: Named,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let id = caller.first(&house, request_id(path)).await?;
    let headers = request.headers();
    let key = headers.contains_key("idempotency-key").then(|| idempotency_key(headers)).transpose();
    let key = caller.first(&house, key).await?;
    let body: FeedbackBody = caller.read(&house, request).await?;
    let misfit = |pointer: &str, detail: &str| Misfit { pointer: pointer.to_owned(), detail: detail.to_owned() };
    let bad_score = body.score.is_some_and(|score| !(0.0..=1.0).contains(&score));
    let bad_score = bad_score.then(|| misfit("/score", "is not between 0 and 1"));
    let long_note = body.note.chars().count() > MOST_NOTE;
    let long_note = long_note.then(|| misfit("/note", "is longer than 4000 characters"));
    let misfits: Vec<Misfit> = bad_score.into_iter().chain(long_note).collect();
    if !misfits.is_empty() {
        return Err(Problem::invalid(misfits));
    }
    let feedback = Feedback { kind: body.kind, score: body.score, note: body.note };
    let taken = soon(house.governance.give_feedback(&caller.0, key.as_deref(), id, &feedback)).await?;
    let answer = StatusCode::NO_CONTENT;
    Ok(if taken { answer.into_response() } else { (replayed(), answer).into_response() })
}
