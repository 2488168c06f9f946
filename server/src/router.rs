//! Which address leads where, and what every answer goes through.

use std::panic::AssertUnwindSafe;

use app::{App, shell};
use axum::{
    Router,
    extract::{DefaultBodyLimit, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use futures::FutureExt;
use governance::{Health, in_call};
use leptos::{prelude::provide_context, server_fn::axum::server_fn_paths};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower::ServiceExt;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{
    House, agent_api, answers,
    calls::Call,
    charts, files, forms, guard, headers, import, live, pages, past,
    patience::{patience, patience_for_files},
    press, sessions, source,
    strangers::{self, Held, Met},
    unread,
};

pub fn router(house: House) -> Router {
    let files = |path: String| ServeDir::new(path).precompressed_br().precompressed_gzip();
    let root = house.leptos.site_root.to_string();
    let pkg = format!("{root}/{}", house.leptos.site_pkg_dir);
    let keep = |how: &'static str| {
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, move |response: &Response| {
            response.status().is_success().then(|| HeaderValue::from_static(how))
        })
    };
    // Their names hold their hash.
    let nowhere = no_page(&house);
    let short = middleware::from_fn(move |request: Request, next: Next| {
        let nowhere = nowhere.clone();
        async move {
            if may_name_a_file(request.uri().path()) {
                Ok(next.run(request).await)
            } else {
                nowhere.oneshot(request).await
            }
        }
    });
    let built = Router::new()
        .nest_service("/pkg", files(pkg))
        .layer(short.clone())
        .layer(keep("public, max-age=31536000, immutable"));
    let public = files(root).append_index_html_on_directories(false).fallback(no_page(&house));
    let public = Router::new().fallback_service(public).layer(short).layer(keep("public, max-age=3600"));

    Router::new()
        .route("/health", get(health))
        .route(
            "/problems/{slug}",
            get(agent_api::explain).fallback(async |method: Method| pages::another_method(&method)),
        )
        .merge(guarded(&house))
        .merge(built)
        .merge(public)
        .layer(middleware::from_fn(in_letters))
        .merge(agent_api::routes())
        .layer(middleware::from_fn_with_state(house.clone(), answer))
        .with_state(house)
}

/// What every call goes through, as one layer: each is copied with each call, and again with each that lies around it.
async fn answer(State(house): State<House>, request: Request, next: Next) -> Response {
    let call = Call::begin(house.clone(), &request);
    let by_agent = agent_api::is_at(request.uri().path());
    let (request, lent) = unread::lend(request);
    let answered = AssertUnwindSafe(met(&house, by_agent, request, next)).catch_unwind();
    let mut response = match in_call(call.id, answered).await {
        Ok(response) => response,
        Err(_) if by_agent => agent_api::failed(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Reins failed.\n").into_response(),
    };
    if let Some(lent) = lent {
        lent.tidy(&mut response).await;
    }
    headers::set(&house, &mut response);
    call.end(&mut response);
    response
}

async fn met(house: &House, by_agent: bool, mut request: Request, next: Next) -> Response {
    let held = match strangers::meet(house, &mut request).await {
        Met::Passes => false,
        Met::PassesLate => true,
        Met::Ends(mut answer) => {
            answer.extensions_mut().insert(Held);
            return answer;
        }
    };
    let source = by_agent.then(|| source::of(request.headers(), request.extensions(), &house.config));
    let mut answer = next.run(request).await;
    // Without a good key, whether it cannot be one, is unknown, or was revoked.
    if let Some(source) = source.filter(|_| answer.status() == StatusCode::UNAUTHORIZED) {
        house.governance.count_attempt("agent key", &source);
    }
    if held {
        answer.extensions_mut().insert(Held);
    }
    answer
}

/// What people use: guarded, and with their session.
fn guarded(house: &House) -> Router<House> {
    let context = context(house);
    let options = house.leptos.clone();
    let routes = generate_route_list(App);
    let files = (DefaultBodyLimit::max(past::MOST), middleware::from_fn(patience_for_files));

    Router::new()
        .leptos_routes_with_context(house, routes, context.clone(), move || shell(options.clone()))
        .route(
            "/api/{*function}",
            post({
                let context = context.clone();
                move |request: Request| {
                    let context = context.clone();
                    async move {
                        if !server_fn_paths().any(|(path, _)| path == request.uri().path()) {
                            return pages::refused(StatusCode::NOT_FOUND, "There is nothing at this address.", "/");
                        }
                        leptos_axum::handle_server_fns_with_context(context, request).await.into_response()
                    }
                }
            }),
        )
        .route("/sign-in", post(forms::sign_in))
        .route("/sign-out", post(forms::sign_out))
        .route("/setup", post(forms::set_up))
        .route("/release", post(forms::release))
        .route("/settings/keys/create", post(forms::create_key))
        .route("/settings/password", post(forms::change_password))
        .route("/agents/import", post(import::import))
        .route("/agents/{slug}/permissions/export/{file}", get(files::export))
        .route("/charts/decisions/{file}", get(charts::decisions))
        .layer(middleware::from_fn_with_state(house.clone(), answers::draw))
        .layer(middleware::from_fn(patience))
        .route("/agents/{slug}/permissions/impact", post(past::judge).layer(files))
        .route("/live", get(live::follow))
        // Within limits of their own.
        .route("/stop", post(press::stop_everything))
        .route("/stop/{slug}", post(press::stop_agent))
        .method_not_allowed_fallback(async |method: Method| pages::another_method(&method))
        .layer(middleware::from_fn_with_state(house.clone(), guard::guard))
        .layer(sessions::layer(house.governance.clone(), &house.config))
        .layer(middleware::from_fn_with_state(house.clone(), sessions::mark_device))
        .layer(middleware::from_fn_with_state(house.clone(), press::outlive))
}

/// What pages and functions find in their context.
pub fn context(house: &House) -> impl Fn() + Clone + Send + Sync + 'static {
    let governance = house.governance.clone();
    move || {
        provide_context(governance.clone());
        headers::set_page_policy();
    }
}

/// An address that leads nowhere: said on a page like the others, and to those only who may see them.
fn no_page(house: &House) -> Router {
    let options = house.leptos.clone();
    let render = render_app_async_with_context(context(house), move || shell(options.clone()));
    let page = any(async move |request: Request| (StatusCode::NOT_FOUND, render(request).await));
    Router::new()
        .fallback_service(page)
        .layer(middleware::from_fn_with_state(house.clone(), guard::guard))
        .layer(sessions::layer(house.governance.clone(), &house.config))
}

/// Whether a file system takes it, with the ends of compressed files.
fn may_name_a_file(path: &str) -> bool {
    path.len() <= 2000 && !path.contains("%00") && path.split('/').all(|part| part.len() <= 250)
}

/// An address whose parts are no text names nothing.
async fn in_letters(parts: Result<RawPathParams, RawPathParamsRejection>, request: Request, next: Next) -> Response {
    match parts {
        Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)) if press::is_press(&request) => press::no_such_agent(),
        Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)) if !agent_api::is_at(request.uri().path()) => {
            pages::refused(StatusCode::NOT_FOUND, "There is nothing at this address.", "/")
        }
        _ => next.run(request).await,
    }
}

/// Whether this replica is any good just now; for a load balancer.
async fn health(State(house): State<House>) -> impl IntoResponse {
    let away = StatusCode::SERVICE_UNAVAILABLE;
    match house.governance.health().await {
        Health::Ready => (StatusCode::OK, "ready\n"),
        Health::Away => (away, "the database is away\n"),
        Health::Behind => (away, "the schema is older than this program\n"),
        Health::Ahead => (away, "the schema needs a newer program than this one\n"),
        Health::HoldsBack => (away, "a stop is not recorded, so nothing is allowed here\n"),
        Health::CannotWrite => (away, "decisions cannot be written\n"),
    }
}
