use axum::{
    Json,
    body::Body,
    extract::{Request, State},
};
use domain::schema::Misfit;
use governance::{Cost, Outcome};

use super::{
    Named,
    call::{Caller, soon},
    members::Members,
    problem::Problem,
    request_id,
    wire::{OutcomeBody, StateBody},
};
use crate::House;

const MOST_REFERENCE: usize = 500;

/// Reports what came of a granted request. Without its grant, the outcome is recorded as a breach and refused.
#[utoipa::path(
    post, path = "/actions/{id}/outcome", operation_id = "report_outcome", tag = "actions",
    params(("id" = uuid::Uuid, Path, description = "The request's id")),
    request_body = OutcomeBody,
    responses(
        (status = 200, body = StateBody, description = "Recorded"),
        (status = 409, body = Problem, description = "`already-reported` or `no-grant`"),
    ),
    security(("key" = []))
)]
pub async fn report(
    State(house): State<House>,
    caller: Caller,
    path: Named,
    request: Request<Body>,
) -> Result<Json<StateBody>, Problem> {
    let id = caller.first(&house, request_id(path)).await?;
    let body: OutcomeBody = caller.read(&house, request).await?;
    let too_long = (body.reference.chars().count() > MOST_REFERENCE).then(|| Misfit {
        pointer: "/reference".to_owned(),
        detail: format!("is longer than {MOST_REFERENCE} characters"),
    });
    let cost = body.cost.map(|Members(cost)| Cost::parse(&cost.amount, &cost.currency));
    let bad_cost = (cost == Some(None)).then(|| Misfit {
        pointer: "/cost".to_owned(),
        detail: "is not an amount with up to six decimals in a currency".to_owned(),
    });
    let bad_detail = (!body.detail.is_null() && !body.detail.is_object())
        .then(|| Misfit { pointer: "/detail".to_owned(), detail: "is not an object".to_owned() });
    let misfits: Vec<Misfit> = too_long.into_iter().chain(bad_cost).chain(bad_detail).collect();
    if !misfits.is_empty() {
        return Err(Problem::invalid(misfits));
    }

    let outcome = Outcome { status: body.status, reference: body.reference, detail: body.detail, cost: cost.flatten() };
    let reported = soon(house.governance.report(&caller.0, id, body.grant.as_deref(), &outcome)).await?;
    Ok(Json(StateBody { id: reported.id.0, state: reported.state.name() }))
}
