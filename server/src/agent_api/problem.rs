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

use super::words::ProblemType;

macro_rules! problems {
    ($($kind:ident $slug:literal $status:ident),+ $(,)?) => {
        /// Why a call is refused: each with its stable address and its status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($kind),+
        }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            pub fn slug(self) -> &'static str {
                match self {
                    $(Self::$kind => $slug),+
                }
            }

            pub fn address(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!("/problems/", $slug)),+
                }
            }

            pub fn status(self) -> StatusCode {
                match self {
                    $(Self::$kind => StatusCode::$status),+
                }
            }
        }
    };
}

problems! {
    BadKey "bad-key" UNAUTHORIZED,
    WrongKindOfKey "wrong-kind-of-key" FORBIDDEN,
    NotFound "not-found" NOT_FOUND,
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED,
    TooSlow "too-slow" REQUEST_TIMEOUT,
    IdempotencyMismatch "idempotency-mismatch" CONFLICT,
    Stopped "stopped" CONFLICT,
    Paused "paused" CONFLICT,
    Expired "expired" CONFLICT,
    NotApproved "not-approved" CONFLICT,
    AlreadyClaimed "already-claimed" CONFLICT,
    NoLongerPermitted "no-longer-permitted" CONFLICT,
    GrantExpired "grant-expired" CONFLICT,
    AlreadyReported "already-reported" CONFLICT,
    NoGrant "no-grant" CONFLICT,
    NotOpen "not-open" CONFLICT,
    TooLarge "too-large" PAYLOAD_TOO_LARGE,
    NotJson "not-json" UNSUPPORTED_MEDIA_TYPE,
    Invalid "invalid" UNPROCESSABLE_ENTITY,
    TooFast "too-fast" TOO_MANY_REQUESTS,
    Internal "internal" INTERNAL_SERVER_ERROR,
    Unavailable "unavailable" SERVICE_UNAVAILABLE,
}

/// Why a call was not answered with what it asked for. An agent takes it as "do not act".
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/problems/idempotency-mismatch", "title": "idempotency mismatch", "status": 409,
    "detail": "this idempotency key was used with another body",
}))]
pub struct Problem {
    /// A stable address under `/problems/`.
    #[serde(rename = "type")]
    #[schema(value_type = ProblemType)]
    pub kind: &'static str,
    pub title: String,
    #[schema(minimum = 400, maximum = 599)]
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
    /// A JSON pointer (RFC 6901) into the body; empty for the whole body, a header or the query.
    pub pointer: String,
    pub detail: String,
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind: kind.address(),
            title: kind.slug().replace('-', " "),
            status: kind.status().as_u16(),
            detail: detail.into(),
            id: None,
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    pub fn invalid(misfits: Vec<Misfit>) -> Self {
        let errors = misfits.into_iter().map(|m| ProblemPlace { pointer: m.pointer, detail: m.detail }).collect();
        Self { errors, ..Self::new(Kind::Invalid, "what was sent does not fit, so nothing was done") }
    }

    pub fn bad_key() -> Self {
        Self::new(Kind::BadKey, "no such key, or it was revoked")
    }

    pub fn too_fast(seconds: u8) -> Self {
        let problem = Self::new(Kind::TooFast, "too many calls; slow down");
        Self { retry_after_s: Some(seconds), ..problem }
    }

    fn about(self, id: RequestId) -> Self {
        Self { id: Some(id.0), ..self }
    }
}

impl From<AgentError> for Problem {
    fn from(error: AgentError) -> Self {
        let words = error.to_string();
        match error {
            AgentError::BadKey => Self::bad_key(),
            AgentError::WrongKind => Self::new(Kind::WrongKindOfKey, words),
            AgentError::NotFound => Self::new(Kind::NotFound, words),
            AgentError::IdempotencyMismatch => Self::new(Kind::IdempotencyMismatch, words),
            AgentError::Stopped(id) => Self::new(Kind::Stopped, words).about(id),
            AgentError::Paused(id) => Self::new(Kind::Paused, words).about(id),
            AgentError::GrantExpired(id) => Self::new(Kind::GrantExpired, words).about(id),
            AgentError::AlreadyReported(id) => Self::new(Kind::AlreadyReported, words).about(id),
            AgentError::Expired(id) => Self::new(Kind::Expired, words).about(id),
            AgentError::NotApproved(id) => Self::new(Kind::NotApproved, words).about(id),
            AgentError::AlreadyClaimed(id) => Self::new(Kind::AlreadyClaimed, words).about(id),
            AgentError::NoLongerPermitted(id) => Self::new(Kind::NoLongerPermitted, words).about(id),
            AgentError::NoGrant(id) => Self::new(Kind::NoGrant, words).about(id),
            AgentError::NotOpen(id) => Self::new(Kind::NotOpen, words).about(id),
            AgentError::Invalid(misfits) => Self::invalid(misfits),
            AgentError::Unavailable => Self { retry_after_s: Some(1), ..Self::new(Kind::Unavailable, words) },
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
