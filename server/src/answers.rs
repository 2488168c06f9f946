//! Pages as answers to forms, for what an address could not hold.

use app::Drawing;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos_axum::render_app_async_with_context;

use crate::{House, pages, router};

/// The longest body of a function.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// What a form of a server function is answered with, where the function has left a page for it.
pub async fn draw(State(house): State<House>, mut request: Request, next: Next) -> Response {
    if request.method().is_safe() || !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let drawing = Drawing::default();
    request.extensions_mut().insert(drawing.clone());
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        return pages::refused(StatusCode::PAYLOAD_TOO_LARGE, "This is more than 2 MB, so nothing was changed.", "/");
    };
    let answer = next.run(Request::from_parts(parts.clone(), Body::from(body))).await;

    let Some(drawn) = drawing.take() else { return answer };
    let Ok(address) = drawn.path.parse() else { return answer };
    let status = drawn.status();
    parts.uri = address;
    page(&house, parts, status, move || drawn.provide()).await
}

/// The page at an address, as the answer to a form.
pub async fn page(
    house: &House,
    parts: Parts,
    status: StatusCode,
    provide: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let (context, options) = (router::context(house), house.leptos.clone());
    let context = move || {
        context();
        provide();
    };
    let mut page = Request::from_parts(parts, Body::empty());
    *page.method_mut() = Method::GET;
    let page = render_app_async_with_context(context, move || app::shell(options.clone()))(page).await;
    (status, page).into_response()
}
