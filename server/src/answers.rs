//! Pages as answers to forms, for what an address could not hold.

use app::{
    Drawing,
    paths::escaped,
    told::{self, Back, Sent, TOLD, Why},
};
use axum::{
    Form,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Query, Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governance::Seal;
use leptos::prelude::provide_context;
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
    let mut answer = next.run(Request::from_parts(parts.clone(), Body::from(body.clone()))).await;

    let why = drawing.why();
    let back = match drawing.take() {
        Some(drawn) => Some(Back::Here(drawn)),
        None => match failure(&answer) {
            Some(failure) => Some(failure.back(&parts, body, why.clone()).await),
            None => None,
        },
    };
    let drawn = match back {
        None => return answer,
        Some(Back::Here(drawn)) => drawn,
        Some(Back::To(address)) => {
            if let Ok(to) = HeaderValue::from_str(&address) {
                answer.headers_mut().insert(header::LOCATION, to);
            }
            return answer;
        }
    };
    let Ok(address) = drawn.path.parse() else { return answer };
    let status = drawn.status();
    parts.uri = address;
    let why = why.map(Why);
    page(&house, parts, status, move || {
        drawn.provide();
        why.clone().into_iter().for_each(provide_context);
    })
    .await
}

/// A server function that failed, by the address that its answer leads to.
struct Failure {
    /// The page that its form stood on. What its address was told before is over.
    page: String,
    form: String,
    error: String,
}

fn failure(answer: &Response) -> Option<Failure> {
    let to: Uri = answer.headers().get(header::LOCATION)?.to_str().ok()?.parse().ok()?;
    let Query(query) = Query::<Vec<(String, String)>>::try_from_uri(&to).ok()?;
    let said = |name: &str| query.iter().rfind(|(known, _)| known == name).map(|(_, text)| text.clone());
    let (form, error) = said("__path").zip(said("__err"))?;
    let kept = query
        .iter()
        .filter(|(name, _)| !["__path", "__err"].contains(&name.as_str()) && !TOLD.contains(&name.as_str()));
    let kept: Vec<String> = kept.map(|(name, text)| format!("{}={}", escaped(name), escaped(text))).collect();
    let joint = if kept.is_empty() { "" } else { "?" };
    Some(Failure { page: format!("{}{joint}{}", to.path(), kept.join("&")), form, error })
}

impl Failure {
    /// To its page, which says why to nobody else, and holds what the form sent.
    async fn back(self, parts: &Parts, body: Bytes, why: Option<String>) -> Back {
        let Some(seal) = parts.extensions.get::<Seal>() else { return Back::To(self.page) };
        let form = Request::from_parts(parts.clone(), Body::from(body));
        let fields = Form::<Vec<(String, String)>>::from_request(form, &()).await;
        let sent = Sent::new(fields.map(|Form(fields)| fields).unwrap_or_default());
        told::after_failure(seal, &self.page, &self.form, &self.error, why, sent)
    }
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
