use axum::{Json, extract::State, http::HeaderMap};

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
        ("id" = String, Path, description = "The request's id"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 200, body = ClaimedBody),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`stopped`, `paused`, `expired`, `not-approved`, `already-claimed`, `no-longer-permitted`, `grant-expired` or `already-reported`"),
        (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem),
    ),
    security(("key" = []))
)]
pub async fn claim(
    State(house): State<House>,
    caller: Caller,
    path: Named,
    headers: HeaderMap,
) -> Result<Json<ClaimedBody>, Problem> {
    let id = caller.first(&house, request_id(path)).await?;
    let idempotency_key = caller.first(&house, idempotency_key(&headers)).await?;
    let claimed = soon(house.governance.claim(&caller.0, &idempotency_key, id)).await?;
    Ok(Json(claimed.into()))
}
