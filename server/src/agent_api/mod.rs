//! The agent API, version 1: one endpoint a file.

mod agent;
mod ask;
mod call;
mod cancel;
mod claim;
mod feedback;
mod follow;
mod members;
mod openapi;
mod outcome;
mod problem;
mod stream;
mod wire;
mod words;

use axum::{
    Router,
    extract::{Path, rejection::PathRejection},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};

use crate::House;
use domain::id::RequestId;
use problem::{Kind, Problem};

pub use call::shown_key;
pub use openapi::description;
pub use problem::explain;

/// Every route below `/api/v1`: method, path.
///
/// The authorisation test goes through this list.
pub const ROUTES: [(&str, &str); 9] = [
    ("POST", "/actions"),
    ("GET", "/actions/{id}"),
    ("POST", "/actions/{id}/claim"),
    ("POST", "/actions/{id}/cancel"),
    ("POST", "/actions/{id}/outcome"),
    ("POST", "/actions/{id}/feedback"),
    ("GET", "/agent"),
    ("GET", "/stream"),
    ("GET", "/openapi.json"),
];

pub fn routes() -> Router<House> {
    // By their whole addresses: what is nested is copied, and its address written anew, with each call.
    Router::new()
        .route("/api/v1/actions", post(ask::ask))
        .route("/api/v1/actions/{id}", get(follow::follow))
        .route("/api/v1/actions/{id}/claim", post(claim::claim))
        .route("/api/v1/actions/{id}/cancel", post(cancel::cancel))
        .route("/api/v1/actions/{id}/outcome", post(outcome::report))
        .route("/api/v1/actions/{id}/feedback", post(feedback::give))
        .route("/api/v1/agent", get(agent::know_yourself))
        .route("/api/v1/stream", get(stream::stream))
        .route("/api/v1/openapi.json", get(openapi::serve))
        // Routes and not a fallback, which would come after the pages' `/api/…`.
        .route("/api/v1", any(no_address))
        .route("/api/v1/", any(no_address))
        .route("/api/v1/{*unknown}", any(no_address))
        .method_not_allowed_fallback(async || Problem::new(Kind::MethodNotAllowed, "this address takes another method"))
}

/// What a call is answered in which Reins fails.
pub fn failed() -> Response {
    let words = "Reins failed; what you asked for was not done, or its answer is under the same idempotency key";
    Problem::new(Kind::Internal, words).into_response()
}

/// What every call is answered while the record is away.
pub fn unavailable() -> Response {
    Problem::from(governance::AgentError::Unavailable).into_response()
}

/// What a caller without a key is answered who calls too fast.
pub fn too_fast() -> Response {
    Problem::too_fast(2).into_response()
}

/// Whether this address is the agents'.
pub fn is_at(path: &str) -> bool {
    path.strip_prefix("/api/v1").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn no_address() -> Problem {
    Problem::new(Kind::NotFound, "there is no such address")
}

/// The request that a path names.
type Named = Result<Path<RequestId>, PathRejection>;

/// The id in a path; what is no id names nothing.
fn request_id(path: Named) -> Result<RequestId, Problem> {
    path.map(|Path(id)| id).map_err(|_| Problem::from(governance::AgentError::NotFound))
}
