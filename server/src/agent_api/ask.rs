use axum::{
    Json,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    call::{Caller, idempotency_key, replayed},
    problem::Problem,
    wire::{AskBody, AskedBody},
};
use crate::House;

/// Asks before acting. Only `allowed` carries a grant; anything but a 2xx means: do not act.
#[utoipa::path(
    post, path = "/actions", tag = "actions",
    params((
            "Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$",
            description = "1 to 255 visible ASCII characters, unique per agent and intent; without personal data, as it stays when a customer is erased"
        )),
    request_body = AskBody,
    responses(
        (
            status = 201, body = AskedBody, description = "The decision, whatever it is",
            headers(("Idempotent-Replayed" = bool, description = "`true` where the answer is a stored one"))
        ),
        (status = 409, body = Problem, description = "`idempotency-mismatch`, or a stored answer that is no leave any more: `stopped`, `paused`, `no-longer-permitted`, `grant-expired`, `already-reported`, `erased`"),
    ),
    security(("key" = []))
)]
pub async fn ask(State(house): State<House>, caller: Caller, request: Request<Body>) -> Result<Response, Problem> {
    let idempotency_key = idempotency_key(request.headers());
    let body: AskBody = caller.read(&house, request).await?;
    let idempotency_key = caller.first(&house, idempotency_key).await?;
    let asked = house.governance.ask(&caller.0, &idempotency_key, body.into()).await?;
    let was_replayed = asked.replayed;
    let answer = (StatusCode::CREATED, Json(AskedBody::from(asked)));
    Ok(if was_replayed { (replayed(), answer).into_response() } else { answer.into_response() })
}
