use axum::http::request::Parts;
use governance::Actor;
use leptos::{prelude::*, server_fn::ServerFn};

/// In the address that a form posts to, whom its page was drawn for.
pub const BY: &str = "by";

/// Where the form for a change posts to.
pub fn post_to<S: ServerFn>() -> String {
    by_reader(S::PATH)
}

/// Where a form posts to that only its reader may send: the server refuses it where somebody else is signed in by then.
pub fn by_reader(address: &str) -> String {
    let reader = with_context::<Parts, _>(|parts| Some(parts.extensions.get::<Actor>()?.person().ok()?.id)).flatten();
    let joint = if address.contains('?') { '&' } else { '?' };
    reader.map_or_else(|| address.to_owned(), |reader| format!("{address}{joint}{BY}={reader}"))
}
