use std::time::Duration;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use domain::{schema::Misfit, state};
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    Named,
    call::{Caller, soon},
    problem::Problem,
    request_id,
    wire::FollowedBody,
};
use crate::House;

/// The longest wait, in seconds.
const MOST_WAIT: u64 = 30;

#[derive(Deserialize)]
pub struct Wait {
    wait: Option<String>,
}

/// The request as it stands; with `wait`, when it no longer waits for people, or when the time is up.
#[utoipa::path(
    get, path = "/actions/{id}", tag = "actions",
    params(
        ("id" = uuid::Uuid, Path, description = "The request's id"),
        (
            "wait" = Option<u32>, Query, minimum = 0, maximum = 30,
            description = "Seconds to wait while it is `waiting` or `frozen`"
        ),
    ),
    responses((status = 200, body = FollowedBody, description = "The request as it stands")),
    security(("key" = []))
)]
pub async fn follow(
    State(house): State<House>,
    caller: Caller,
    path: Named,
    query: Result<Query<Wait>, QueryRejection>,
) -> Result<Json<FollowedBody>, Problem> {
    let id = caller.first(&house, request_id(path)).await?;
    let seconds = caller.first(&house, seconds(query)).await?;
    let until = Instant::now() + Duration::from_secs(seconds);

    // Heard first, read second: a change between the two is not missed.
    let mut changes = house.live.listen();
    let mut followed = soon(house.governance.follow(&caller.0, id)).await?;
    if seconds > 0 && waits(followed.state) {
        let (_, agent) = soon(house.governance.check_key(&caller.0)).await?;
        let _place = house.live.take_place(agent.0).ok_or_else(|| Problem::too_fast(5))?;
        while waits(followed.state) && changes.of_request(id, until).await {
            followed = soon(house.governance.follow(&caller.0, id)).await?;
        }
    }
    Ok(Json(followed.into()))
}

fn seconds(query: Result<Query<Wait>, QueryRejection>) -> Result<u64, Problem> {
    let wait = query.map(|Query(query)| query.wait);
    match wait.as_ref().map(|wait| wait.as_deref().map(str::parse::<u64>)) {
        Ok(None) => Ok(0),
        Ok(Some(Ok(seconds))) if seconds <= MOST_WAIT => Ok(seconds),
        _ => {
            let detail = format!("`wait` is a whole number of seconds from 0 to {MOST_WAIT}");
            Err(Problem::invalid(vec![Misfit { pointer: String::new(), detail }]))
        }
    }
}

fn waits(state: state::State) -> bool {
    matches!(state, state::State::Waiting | state::State::Frozen)
}
