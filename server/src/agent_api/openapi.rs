use std::sync::LazyLock;

use axum::{http::header, response::IntoResponse};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{agent, ask, cancel, claim, feedback, follow, outcome, stream};

#[derive(OpenApi)]
#[openapi(
    info(title = "Reins agent API", version = "1", description = "Agents ask before they act."),
    servers((url = "/api/v1")),
    paths(
        ask::ask, follow::follow, claim::claim, cancel::cancel, outcome::report, feedback::give, agent::know_yourself,
        stream::stream
    ),
    modifiers(&KeyScheme)
)]
struct Description;

struct KeyScheme;

impl Modify for KeyScheme {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Components::new);
        components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// The API's description, made from the code (OpenAPI 3.1).
pub fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Written once: anybody may ask for it, and often.
static WRITTEN: LazyLock<String> = LazyLock::new(|| description().to_json().unwrap_or_default());

pub async fn serve() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], WRITTEN.as_str())
}
