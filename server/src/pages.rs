//! The few pages that have to stand without the database and without Leptos.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

/// The database does not answer here: nothing was changed, and a stop that was pressed is not recorded. What other replicas
/// do meanwhile is not known.
pub fn unavailable(stop: bool) -> Response {
    let (title, words) = match stop {
        true => (
            "Not stopped",
            "Reins cannot reach its record, so this stop is not recorded, and agents may go on. Press again.",
        ),
        false => {
            ("Not reachable", "Reins cannot reach its record just now, so nothing was changed. Try again in a moment.")
        }
    };
    let button = match stop {
        true => r#"<form method="post"><button type="submit" class="button stop">Stop again</button></form>"#,
        false => r#"<p><a href="">Try again</a></p>"#,
    };
    plain(StatusCode::SERVICE_UNAVAILABLE, title, &format!("<p role=\"alert\">{words}</p>{button}"))
}

/// The record's answer to a stop was lost. Pressed again it does no harm.
pub fn stop_unknown() -> Response {
    let words = "The record’s answer was lost, so it is not known whether this stop is recorded. Press again.";
    let button = r#"<form method="post"><button type="submit" class="button stop">Stop again</button></form>"#;
    plain(StatusCode::SERVICE_UNAVAILABLE, "Not known", &format!("<p role=\"alert\">{words}</p>{button}"))
}

/// The record's answer to a change was lost.
pub fn unknown(back: &str) -> Response {
    let words = "The record’s answer was lost, so it is not known whether this was done. \
                 Look at how things stand now before you do it again.";
    let words = format!("<p role=\"alert\">{words}</p><p><a href=\"{}\">See how things stand</a></p>", escape(back));
    plain(StatusCode::SERVICE_UNAVAILABLE, "Not known", &words)
}

/// A new key's secret, shown once.
pub fn new_key(agent: &str, label: &str, secret: &str) -> Response {
    let words = format!(
        "<p>The key <strong>{}</strong> of {}. It is shown only now: copy it to where the agent runs.</p>\
         <p><code>{}</code></p><p><a href=\"/settings/keys\">I have copied it</a></p>",
        escape(label),
        escape(agent),
        escape(secret),
    );
    plain(StatusCode::OK, "New key", &words)
}

/// Whoever sent this was signed out; it is kept here, to be sent again.
pub fn signed_out(address: &str, fields: &[(String, String)]) -> Response {
    let kept: String = fields
        .iter()
        .map(|(name, text)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(text)))
        .collect();
    let words = format!(
        "<p role=\"alert\">You are signed out. Nothing was done, and what you wrote is kept here.</p>\
         <p><a href=\"/sign-in\" target=\"_blank\" rel=\"noopener\">Sign in in another tab</a>, then come back to this one.</p>\
         <form method=\"post\" action=\"{}\">{kept}<button type=\"submit\" class=\"button\">Send it again</button></form>",
        escape(address),
    );
    plain(StatusCode::UNAUTHORIZED, "Signed out", &words)
}

/// Something was not done, and why.
pub fn refused(status: StatusCode, words: &str, back: &str) -> Response {
    let words = format!("<p role=\"alert\">{}</p><p><a href=\"{}\">Back</a></p>", escape(words), escape(back));
    plain(status, "Not done", &words)
}

/// As for other answers, and the font.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

fn plain(status: StatusCode, title: &str, inner: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Reins</title>\
         <link rel=\"stylesheet\" href=\"/plain.css\"></head>\
         <body><main><h1>{title}</h1>{inner}</main></body></html>"
    );
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (status, headers, Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
