use axum::{Json, extract::State};

use super::{
    call::{Caller, soon},
    problem::Problem,
    wire::AgentBody,
};
use crate::House;

/// Mode, stopped or not, and the permission set in force, as data and as sentences.
#[utoipa::path(
    get, path = "/agent", tag = "agent",
    responses((status = 200, body = AgentBody, description = "The agent of this key")),
    security(("key" = []))
)]
pub async fn know_yourself(State(house): State<House>, caller: Caller) -> Result<Json<AgentBody>, Problem> {
    let known = soon(house.governance.know_yourself(&caller.0)).await?;
    Ok(Json(AgentBody {
        slug: known.agent.slug,
        name: known.agent.name,
        mode: known.mode.name(),
        stopped: known.stopped,
        permission_version: known.permissions.as_ref().map(|(version, _)| *version),
        sentences: known.sentences,
        permissions: known.permissions.map(|(_, set)| set),
    }))
}
