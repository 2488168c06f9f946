//! The few pages that have to stand without the database and without Leptos.

use axum::{
    http::{Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{
    sentence::{self, value, visible},
    view::StopView,
};
use governance::call;

/// The database does not answer here: nothing was changed. What other replicas do meanwhile is not known.
pub fn unavailable() -> Response {
    let words = "<p role=\"alert\">Reins cannot reach its record just now, so nothing was changed. Try again in a moment.</p>\
                 <p><a href=\"\">Try again</a></p>";
    plain(StatusCode::SERVICE_UNAVAILABLE, "Not reachable", words)
}

/// What a press of Stop does while the record is away.
#[derive(Clone, Copy)]
pub enum Press {
    /// One was made here already, and is tried by itself.
    Open,
    /// It is taken from whoever asks, and tried by itself.
    Taken,
    /// It is not, as nobody knows who asks.
    NotTaken,
}

/// The same for whoever only looks, perhaps at what they have just done. It looks again by itself, and stops meanwhile.
pub fn not_shown(press: Press) -> Response {
    let press = match press {
        Press::Open => {
            "A stop that was pressed is not recorded yet. This server of Reins goes on trying by itself, and allows nothing \
             until it is recorded. Other servers of Reins do not know of it."
        }
        Press::Taken => {
            "You can press Stop all the same: this server of Reins then allows nothing, and goes on trying by itself, in your \
             name, until the stop is recorded."
        }
        Press::NotTaken => {
            "This server of Reins cannot see who you are meanwhile, so a press of Stop is recorded only if the record answers \
             again. To be sure, stop the agents where they run."
        }
    };
    let words = format!(
        "<p role=\"alert\">Reins cannot reach its record just now, so this page cannot be shown. It is tried again by itself.</p>\
         <p>Agents get leave only once it is written to the record: from a record that does not answer, they get none. {press}</p>\
         {STOP}<p><a href=\"\">Try again</a></p>"
    );
    page(StatusCode::SERVICE_UNAVAILABLE, "Not reachable", &words, &again(""))
}

const STOP: &str = "<form method=\"post\" action=\"/stop\">\
                    <button type=\"submit\" class=\"button stop\">Stop all agents</button></form>";

/// So many stops of single agents are not recorded yet that another is not kept; its reason goes with a stop of all.
pub fn no_place(reason: &str) -> Response {
    let wrote = match reason.trim() {
        "" => String::new(),
        _ => format!("<p>You wrote:</p>{}", quoted(reason)),
    };
    let words = format!(
        "<p role=\"alert\">So many stops of single agents that were pressed here are not recorded yet that this one is not \
         kept. It is not recorded, and is not tried again. A stop of all agents is always taken: press that.</p>{wrote}\
         <form method=\"post\" action=\"/stop\"><input type=\"hidden\" name=\"reason\" value=\"{}\">\
         <button type=\"submit\" class=\"button stop\">Stop all agents</button></form>",
        escape(reason)
    );
    plain(StatusCode::SERVICE_UNAVAILABLE, "Not stopped", &words)
}

/// Looks again, at this page or at another, after long enough to press.
fn again(at: &str) -> String {
    let at = if at.is_empty() { String::new() } else { format!(";url={at}") };
    format!("<meta http-equiv=\"refresh\" content=\"10{at}\">")
}

/// How a stop that was pressed and is not known to be recorded stands.
pub enum Open {
    /// It is not recorded, and is tried again by itself.
    NotRecorded,
    /// No answer came, so it may be recorded; it is tried again by itself.
    Unknown,
    /// It is not recorded, and nobody tries it, as nobody knows who pressed.
    NotTried,
}

pub fn not_stopped(open: Open) -> Response {
    let (title, what) = match open {
        Open::NotRecorded => ("Not stopped yet", "Reins cannot write its record, so this stop is not recorded."),
        Open::Unknown => (
            "Not known whether it is stopped",
            "No answer of the record came, so it is not known whether this stop is recorded.",
        ),
        Open::NotTried => (
            "Not stopped",
            "Reins cannot reach its record to see who you are, so this stop is not recorded, and agents may go on. Press again.",
        ),
    };
    let button = r#"<form method="post"><button type="submit" class="button stop">Stop again</button></form>"#;
    if let Open::NotTried = open {
        return plain(StatusCode::SERVICE_UNAVAILABLE, title, &format!("<p role=\"alert\">{what}</p>{button}"));
    }
    // The client shows what is alert, until a page says how it stands.
    let words = format!(
        "<div role=\"alert\" data-open-press><p>{what}</p> \
         <p>This server of Reins goes on trying by itself, in your name, and allows nothing until it is recorded. If it is \
         started again before that, the stop is forgotten. Other servers of Reins do not know of it: they may allow what they \
         can record. To be sure meanwhile, stop the agents where they run.</p></div>\
         <p>Press again to see how it stands.</p>{button}"
    );
    page(StatusCode::SERVICE_UNAVAILABLE, title, &words, &again("/stop"))
}

/// A stop that is recorded, where the pages that would show it do not answer.
pub fn stopped(stop: &StopView) -> Response {
    let what = stop.agent.as_ref().map_or("All agents are stopped", |_| "The agent is stopped");
    let words = format!(
        "<p role=\"status\">{what}, by {} at {}. It is recorded. The pages that show more do not answer just now.</p>\
         <p><a href=\"/stop\">See the stop</a></p>",
        escape(&stop.by),
        stop.at.format("%H:%M:%S UTC"),
    );
    plain(StatusCode::OK, "Stopped", &words)
}

/// A page took too long.
pub fn late() -> Response {
    let words =
        format!("<p role=\"alert\">This page could not be shown in time.</p>{STOP}<p><a href=\"\">Try again</a></p>");
    plain(StatusCode::SERVICE_UNAVAILABLE, "Too slow", &words)
}

/// The record's answer to a change was lost, or does not come.
pub fn unknown(back: &str) -> Response {
    let words = "No answer of the record came, so it is not known whether this was done. \
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

/// Somebody's own password is changed, and no session could be begun after it.
pub fn password_changed() -> Response {
    let words = "<p role=\"status\">Your password is changed, and you are signed out everywhere.</p>\
                 <p><a href=\"/sign-in\">Sign in with the new one</a></p>";
    plain(StatusCode::SERVICE_UNAVAILABLE, "Password changed", words)
}

/// Why nothing is done of what stood on the page of somebody else.
pub fn somebody_else(signed_in: &str) -> String {
    sentence::plain(&format!("{} is signed in now, and this page was opened by somebody else.", value(signed_in)))
}

/// Whoever sent this was signed out, or somebody else is signed in; it is kept here, to be sent again.
pub fn kept(signed_in: Option<&str>, address: &str, fields: &[(String, String)]) -> Response {
    let (status, title, what) = match signed_in {
        None => (StatusCode::UNAUTHORIZED, "Signed out", "You are signed out.".to_owned()),
        Some(who) => (StatusCode::CONFLICT, "Somebody else is signed in", somebody_else(who)),
    };
    let kept: String = fields
        .iter()
        .map(|(name, text)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(text)))
        .collect();
    let words = format!(
        "<p role=\"alert\">{} Nothing was done, and what you wrote is kept here.</p>\
         <p><a href=\"/sign-in\" target=\"_blank\" rel=\"noopener\">Sign in in another tab</a>, then come back to this one.</p>\
         <form method=\"post\" action=\"{}\">{kept}<button type=\"submit\" class=\"button\">Send it again</button></form>",
        escape(&what),
        escape(address),
    );
    plain(status, title, &words)
}

/// An address that is opened in another way than it is for, as where the answer to a form is loaded again.
pub fn another_method(method: &Method) -> Response {
    let words = match method.is_safe() {
        true => {
            "This address takes what a form sends, and shows nothing by itself. Opening it did nothing. \
             What was sent here before was answered then."
        }
        false => "This address shows a page, and takes no form. Nothing was done.",
    };
    let words = format!("<p role=\"alert\">{words}</p><p><a href=\"/\">See how things stand</a></p>");
    plain(StatusCode::METHOD_NOT_ALLOWED, "Nothing to show here", &words)
}

/// What the answers of the agent API that are no 2xx mean.
pub fn problem(title: &str, status: StatusCode, words: &str) -> Response {
    let words = format!(
        "<p>{words}</p><p>It comes with the status {}. An agent takes it as: do not act.</p>\
         <p><a href=\"/api/v1/openapi.json\">The description of the agent API</a></p>",
        status.as_u16(),
    );
    plain(StatusCode::OK, title, &words)
}

/// Something was not done, and why.
pub fn refused(status: StatusCode, words: &str, back: &str) -> Response {
    let words = format!("<p role=\"alert\">{}</p><p><a href=\"{}\">Back</a></p>", escape(words), escape(back));
    plain(status, "Not done", &words)
}

/// The same, with what somebody wrote for it.
pub fn not_taken(status: StatusCode, words: &str, wrote: &str, back: &str) -> Response {
    if wrote.trim().is_empty() {
        return refused(status, words, back);
    }
    let words = format!(
        "<p role=\"alert\">{}</p><p>You wrote:</p>{}<p><a href=\"{}\">Back</a></p>",
        escape(words),
        quoted(wrote),
        escape(back)
    );
    plain(status, "Not done", &words)
}

/// What somebody wrote, as it is read.
fn quoted(text: &str) -> String {
    format!("<blockquote><bdi>{}</bdi></blockquote>", escape(&visible(&text.replace("\r\n", "\n"))))
}

/// As for other answers, and the font.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

fn plain(status: StatusCode, title: &str, inner: &str) -> Response {
    page(status, title, inner, "")
}

fn page(status: StatusCode, title: &str, inner: &str, head: &str) -> Response {
    let call = call().filter(|_| status.is_server_error());
    let call = call
        .map(|id| format!("<p>Whoever looks into this needs its number: <code>{id}</code></p>"))
        .unwrap_or_default();
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">{head}<title>{title} · Reins</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/plain.css\"></head>\
         <body><main><h1>{title}</h1>{inner}{call}</main></body></html>"
    );
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (status, headers, Html(page)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
