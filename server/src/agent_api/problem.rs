//! Errors of the agent API: RFC 9457 problem details with stable types.

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{id::RequestId, schema::Misfit};
use governance::AgentError;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::ProblemType;
use crate::pages;

macro_rules! problems {
    ($($kind:ident $slug:literal $status:ident $words:literal),+ $(,)?) => {
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

            /// What it means, and what to do.
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$kind => $words),+
                }
            }
        }
    };
}

problems! {
    BadKey "bad-key" UNAUTHORIZED
        "No key came with the call, or one that Reins does not know or that was revoked. An admin makes keys under Settings.",
    WrongKindOfKey "wrong-kind-of-key" FORBIDDEN
        "A hook's key gives feedback only: what an agent does takes a key of the agent.",
    NotFound "not-found" NOT_FOUND
        "There is no such address, or no such request of the agent whose key this is.",
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED
        "The address is there, and takes another method.",
    TooSlow "too-slow" REQUEST_TIMEOUT
        "The body did not come in time. Nothing was done; send it again.",
    IdempotencyMismatch "idempotency-mismatch" CONFLICT
        "The idempotency key was used with another body before. What was sent first stands; take a new key for what is new.",
    Stopped "stopped" CONFLICT
        "People have stopped the agent. It carries nothing out until they release it.",
    Paused "paused" CONFLICT
        "The integration that this runs on is paused. It is not carried out until people open it again.",
    Expired "expired" CONFLICT
        "Nobody decided in time, or the approval was not claimed in time. Ask again, if it is still wanted.",
    NotApproved "not-approved" CONFLICT
        "It is not approved, or no longer, so there is nothing to claim. Look at how the request stands.",
    AlreadyClaimed "already-claimed" CONFLICT
        "It was claimed under another idempotency key, or granted as it was asked. It is carried out once.",
    NoLongerPermitted "no-longer-permitted" CONFLICT
        "It was permitted before, and what holds now no longer permits it. Do not carry it out.",
    GrantExpired "grant-expired" CONFLICT
        "The time to carry it out is over. Do not carry it out; ask again, if it is still wanted.",
    AlreadyReported "already-reported" CONFLICT
        "An outcome was reported before, and that one stands.",
    NoGrant "no-grant" CONFLICT
        "The outcome names no grant that covers it. It is kept, and people are told that something was done without leave.",
    NotOpen "not-open" CONFLICT
        "The request neither waits nor is approved any more, so it cannot be withdrawn.",
    Erased "erased" CONFLICT
        "The customer was erased, and with them what was asked. It is carried out no more; its outcome can still be reported.",
    TooLarge "too-large" PAYLOAD_TOO_LARGE
        "The body is longer than 256 KiB. Nothing was done.",
    NotJson "not-json" UNSUPPORTED_MEDIA_TYPE
        "The body does not say that it is JSON: send `Content-Type: application/json`.",
    Invalid "invalid" UNPROCESSABLE_ENTITY
        "What was sent does not fit. Nothing was done; `errors` says what, and where.",
    TooFast "too-fast" TOO_MANY_REQUESTS
        "More calls came than one key or one place may make. Wait for as long as `Retry-After` says, then go on.",
    Internal "internal" INTERNAL_SERVER_ERROR
        "Reins failed. What was asked was not done, or its answer is under the same idempotency key: send the same again.",
    Unavailable "unavailable" SERVICE_UNAVAILABLE
        "The record did not answer, so whether this was taken is not known. Send the same again, under the same idempotency key.",
}

/// The page at the address of a problem, for whoever meets one.
pub async fn explain(Path(slug): Path<String>) -> Response {
    match Kind::ALL.iter().find(|kind| kind.slug() == slug) {
        Some(kind) => pages::problem(&title(*kind), kind.status(), kind.words()),
        None => pages::refused(StatusCode::NOT_FOUND, "There is no such problem.", "/"),
    }
}

fn title(kind: Kind) -> String {
    kind.slug().replace('-', " ")
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
            title: title(kind),
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
            AgentError::Erased(id) => Self::new(Kind::Erased, words).about(id),
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
