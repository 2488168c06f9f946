use axum::{
    Json,
    body::Body,
    extract::{Request, State},
};

use super::{
    Named,
    call::{Caller, idempotency_key, soon},
    problem::Problem,
    request_id,
    wire::ClaimedBody,
};
use crate::House;

/// Claims an approved request, right before it is carried out. It is judged again.
#[utoipa::path(
    post, path = "/actions/{id}/claim", tag = "actions",
    params(
        ("id" = uuid::Uuid, Path, description = "The request's id"),
        (
            "Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$",
            description = "1 to 255 visible ASCII characters"
        ),
    ),
    responses(
        (status = 200, body = ClaimedBody, description = "Leave to carry it out"),
        (status = 409, body = Problem, description = "`stopped`, `paused`, `expired`, `not-approved`, `already-claimed`, `no-longer-permitted`, `grant-expired`, `already-reported` or `erased`"),
    ),
    security(("key" = []))
)]
pub async fn claim(
    State(house): State<House>,
    caller: Caller,
    path: Named,
    request: Request<Body>,
) -> Result<Json<ClaimedBody>, Problem> {
    let id = caller.first(&house, request_id(path)).await?;
    let idempotency_key = caller.first(&house, idempotency_key(request.headers())).await?;
    caller.read_nothing(&house, request).await?;
    let claimed = soon(house.governance.claim(&caller.0, &idempotency_key, id)).await?;
    Ok(Json(claimed.into()))
}
