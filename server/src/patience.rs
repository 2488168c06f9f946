//! How long an answer may take. What is not done by then may have been done all the same, and that is what is said.

use std::time::Duration;

use app::error::UiError;
use axum::{
    Json,
    extract::Request,
    http::{StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

use crate::{forms::is_own, pages};

/// The longest that a page or a function may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The same, where somebody sends a file over a slow line.
const PATIENCE_FOR_FILES: Duration = Duration::from_secs(300);

pub async fn patience(request: Request, next: Next) -> Response {
    within(PATIENCE, request, next).await
}

pub async fn patience_for_files(request: Request, next: Next) -> Response {
    within(PATIENCE_FOR_FILES, request, next).await
}

async fn within(patience: Duration, request: Request, next: Next) -> Response {
    let late = Late::of(&request);
    timeout(patience, next.run(request)).await.unwrap_or_else(|_| late.answer())
}

/// What a caller is answered whose call has taken too long.
enum Late {
    Page,
    /// A form, and the page that it stood on.
    Form(String),
    Function,
}

impl Late {
    fn of(request: &Request) -> Self {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if request.method().is_safe() {
            return Self::Page;
        }
        if request.uri().path().starts_with("/api/") && !text(header::ACCEPT).contains("text/html") {
            return Self::Function;
        }
        let from = text(header::REFERER).parse::<Uri>().ok();
        let from = from.and_then(|from| Some(from.path_and_query()?.to_string())).filter(|from| is_own(from));
        Self::Form(from.unwrap_or_else(|| "/".to_owned()))
    }

    fn answer(self) -> Response {
        match self {
            Self::Page => pages::late(),
            Self::Form(page) => pages::unknown(&page),
            Self::Function => (StatusCode::SERVICE_UNAVAILABLE, Json(UiError::Unknown)).into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};

    async fn answered(request: axum::http::request::Builder) -> (StatusCode, String) {
        let answer = Late::of(&request.body(Body::empty()).unwrap()).answer();
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    #[tokio::test]
    async fn what_takes_too_long_is_said_to_be_unknown_to_whoever_asked() {
        let html = |builder: axum::http::request::Builder| builder.header("accept", "text/html");
        let (status, page) = answered(html(Request::get("/activity"))).await;
        assert_eq!(status, 503);
        assert!(page.contains("could not be shown in time"), "{page}");

        let from = "https://reins.example/approvals/7?x=1";
        for path in ["/sign-out", "/api/app/approvals/calls/approve"] {
            let (status, page) = answered(html(Request::post(path)).header("referer", from)).await;
            assert_eq!(status, 503);
            assert!(page.contains("not known whether this was done") && page.contains("/approvals/7?x=1"), "{page}");
        }
        let function = Request::post("/api/app/approvals/calls/approve").header("accept", "application/json");
        assert_eq!(answered(function).await, (StatusCode::SERVICE_UNAVAILABLE, "\"unknown\"".to_owned()));
    }
}
