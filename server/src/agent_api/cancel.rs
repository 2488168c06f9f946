use axum::{Json, extract::State};

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
    params(("id" = String, Path, description = "The request's id")),
    responses(
        (status = 200, body = StateBody),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "`not-open`"),
        (status = 429, body = Problem), (status = 503, body = Problem),
    ),
    security(("key" = []))
)]
pub async fn cancel(State(house): State<House>, caller: Caller, path: Named) -> Result<Json<StateBody>, Problem> {
    let id = caller.first(&house, request_id(path)).await?;
    let state = soon(house.governance.cancel(&caller.0, id)).await?;
    Ok(Json(StateBody { id: id.0, state: state.name() }))
}
