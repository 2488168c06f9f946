use std::sync::LazyLock;

use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, ContentBuilder, HeaderBuilder, KnownFormat, ObjectBuilder, Ref, RefOr, Required, Response,
        ResponseBuilder, SchemaFormat, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{
    agent, ask, cancel, claim, feedback, follow, outcome,
    problem::{Kind, Problem},
    stream,
    wire::StreamEvent,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Reins agent API", version = "1",
        description = "Agents ask before they act. Bodies are JSON of at most 256 KiB and 32 levels, without duplicate \
            names, numbers beyond I-JSON or NUL characters; what this description does not name is refused. A call \
            that describes no body takes none, or an empty object. Anything but a 2xx means: do not act."
    ),
    servers((url = "/api/v1")),
    paths(
        ask::ask, follow::follow, claim::claim, cancel::cancel, outcome::report, feedback::give, agent::know_yourself,
        stream::stream
    ),
    components(schemas(Problem, StreamEvent)),
    modifiers(&KeyScheme, &Refusals, &Traces)
)]
struct Description;

struct KeyScheme;

impl Modify for KeyScheme {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_with(Components::new);
        components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// How a call is found again: by the id that its answer has, and by the trace that it is in.
struct Traces;

impl Modify for Traces {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let operations = openapi.paths.paths.values_mut().flat_map(|item| [&mut item.get, &mut item.post]);
        for operation in operations.flatten() {
            let trace = ParameterBuilder::new().name("traceparent").parameter_in(ParameterIn::Header);
            let trace = trace.required(Required::False).schema(Some(ObjectBuilder::new().schema_type(Type::String)));
            let described = trace.description(Some(
                "The trace that the call is in (W3C Trace Context), which goes on in the log of Reins; what is no such \
                 header is as if it were not there",
            ));
            operation.parameters.get_or_insert_default().push(described.build());
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    let id = ObjectBuilder::new()
                        .schema_type(Type::String)
                        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
                    let id = HeaderBuilder::new()
                        .schema(id)
                        .description(Some("The id of the call, by which the log names it"));
                    response.headers.insert("X-Request-Id".to_owned(), id.build());
                }
            }
        }
    }
}

/// Adds to each operation what it shares with others: how it refuses.
struct Refusals;

impl Modify for Refusals {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for (path, item) in &mut openapi.paths.paths {
            for (operation, posts) in [(&mut item.get, false), (&mut item.post, true)] {
                if let Some(operation) = operation {
                    refuse(operation, path, posts);
                }
            }
        }
    }
}

fn refuse(operation: &mut Operation, path: &str, posts: bool) {
    let responses = &mut operation.responses.responses;
    // Conflicts are each operation's own.
    if let Some(RefOr::T(conflict)) = responses.get_mut("409") {
        let described = refusal(StatusCode::CONFLICT, &conflict.description);
        *conflict = described;
    }
    for kind in Kind::ALL {
        let comes = match kind {
            Kind::BadKey | Kind::MethodNotAllowed | Kind::TooFast | Kind::Internal | Kind::Unavailable => true,
            // A hook may give feedback.
            Kind::WrongKindOfKey => !path.ends_with("/feedback"),
            Kind::NotFound => path.contains("{id}"),
            Kind::TooSlow | Kind::TooLarge | Kind::NotJson => posts,
            Kind::Invalid => posts || path == "/actions/{id}",
            _ => false,
        };
        if comes {
            let described = refusal(kind.status(), &format!("`{}`", kind.slug()));
            responses.insert(kind.status().as_str().to_owned(), described.into());
        }
    }
}

fn refusal(status: StatusCode, description: &str) -> Response {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let mut described =
        ResponseBuilder::new().description(description).content("application/problem+json", problem).build();
    let header = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Some(("Retry-After", Type::Integer, "Seconds to wait before the same call is made again"))
        }
        StatusCode::METHOD_NOT_ALLOWED => Some(("Allow", Type::String, "The methods that the address takes")),
        StatusCode::UNAUTHORIZED => Some(("WWW-Authenticate", Type::String, "`Bearer`")),
        _ => None,
    };
    if let Some((name, header_type, description)) = header {
        let schema = ObjectBuilder::new().schema_type(header_type);
        let header = HeaderBuilder::new().schema(schema).description(Some(description)).build();
        described.headers.insert(name.to_owned(), header);
    }
    described
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
