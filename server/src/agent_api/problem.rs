//! Errors of the agent API: RFC 9457 problem details with stable types.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{id::RequestId, schema::Misfit};
use governance::AgentError;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a call was not answered with what it asked for. An agent takes it as "do not act".
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable address under `/problems/`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/idempotency-mismatch")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// The request that this is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// What does not fit, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemPlace>,
    #[serde(skip)]
    retry_after_s: Option<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemPlace {
    /// A JSON pointer (RFC 6901) into the body.
    pub pointer: String,
    pub detail: String,
}

impl Problem {
    pub fn new(status: StatusCode, slug: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title: slug.replace('-', " "),
            status: status.as_u16(),
            detail: detail.into(),
            id: None,
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    pub fn invalid(misfits: Vec<Misfit>) -> Self {
        let errors = misfits.into_iter().map(|m| ProblemPlace { pointer: m.pointer, detail: m.detail }).collect();
        Self {
            errors,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "what was sent does not fit, so nothing was done")
        }
    }

    pub fn bad_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "bad-key", "no such key, or it was revoked")
    }

    pub fn too_fast(seconds: u8) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too-fast", "too many calls; slow down");
        Self { retry_after_s: Some(seconds), ..problem }
    }

    fn about(self, id: RequestId) -> Self {
        Self { id: Some(id.0), ..self }
    }

    fn conflict(slug: &str, id: RequestId, detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, slug, detail).about(id)
    }
}

impl From<AgentError> for Problem {
    fn from(error: AgentError) -> Self {
        let words = error.to_string();
        match error {
            AgentError::BadKey => Self::bad_key(),
            AgentError::WrongKind => Self::new(StatusCode::FORBIDDEN, "wrong-kind-of-key", words),
            AgentError::NotFound => Self::new(StatusCode::NOT_FOUND, "not-found", words),
            AgentError::IdempotencyMismatch => Self::new(StatusCode::CONFLICT, "idempotency-mismatch", words),
            AgentError::Stopped(id) => Self::conflict("stopped", id, &words),
            AgentError::Paused(id) => Self::conflict("paused", id, &words),
            AgentError::GrantExpired(id) => Self::conflict("grant-expired", id, &words),
            AgentError::AlreadyReported(id) => Self::conflict("already-reported", id, &words),
            AgentError::Expired(id) => Self::conflict("expired", id, &words),
            AgentError::NotApproved(id) => Self::conflict("not-approved", id, &words),
            AgentError::AlreadyClaimed(id) => Self::conflict("already-claimed", id, &words),
            AgentError::NoLongerPermitted(id) => Self::conflict("no-longer-permitted", id, &words),
            AgentError::NoGrant(id) => Self::conflict("no-grant", id, &words),
            AgentError::NotOpen(id) => Self::conflict("not-open", id, &words),
            AgentError::Invalid(misfits) => Self::invalid(misfits),
            AgentError::Unavailable => {
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", words);
                Self { retry_after_s: Some(1), ..problem }
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_s;
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(u16::from(seconds)));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
