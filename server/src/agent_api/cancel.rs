use axum::{
    Json,
    body::Body,
    extract::{Request, State},
};

use super::{
    Named,
    call::{Caller, soon},
    problem::Problem,
    request_id,
    wire::StateBody,
};
use crate::House;

/// Withdraws a request that is not carried out yet.
#[utoipa::path(
    post, path = "/actions/{id}/cancel", tag = "actions",
    params(("id" = uuid::Uuid, Path, description = "The request's id")),
    responses(
        (status = 200, body = StateBody, description = "Cancelled"),
        (status = 409, body = Problem, description = "`not-open`"),
    ),
    security(("key" = []))
)]
pub async fn cancel(
    State(house): State<House>,
    caller: Caller,
    path: Named,
    request: Request<Body>,
) -> Result<Json<StateBody>, Problem> {
    let id = caller.first(&house, request_id(path)).await?;
    caller.read_nothing(&house, request).await?;
    let state = soon(house.governance.cancel(&caller.0, id)).await?;
    Ok(Json(StateBody { id: id.0, state: state.name() }))
}
