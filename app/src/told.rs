//! What a page is told, in its address, of what its reader has just done. It is sealed to their session and to the page:
//! no link says something in Reins' name, and none fills a form.

use axum::http::request::Parts;
use governance::Seal;
use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::ServerFnUrlError},
};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    error::UiError,
    paths::escaped,
    ui::{Done, Failed},
};

/// The parts of an address that hold it. The client knows these names, too.
pub const TOLD: [&str; 4] = [DONE, FAILED, REFUSED, BOTH];

const DONE: &str = "done";
/// A change was not made.
const FAILED: &str = "failed";
/// The same, with what was typed.
const REFUSED: &str = "refused";
/// What two people have both changed.
pub const BOTH: &str = "both";

/// Why a change was not made, and what was typed into its form.
#[derive(Serialize, Deserialize)]
struct Refusal<T = ()> {
    /// The server function that its form posts to.
    form: String,
    error: UiError,
    typed: T,
}

/// The address with something more in it, before its fragment.
fn with(seal: &Seal, address: &str, name: &str, text: &str) -> String {
    let (page, fragment) = address.split_once('#').map_or((address, String::new()), |(a, b)| (a, format!("#{b}")));
    let (path, joint) = page.split_once('?').map_or((page, '?'), |(path, _)| (path, '&'));
    // Without a mark nothing is told.
    match seal.mark(&marked(path, name, text)) {
        Ok(mark) => format!("{page}{joint}{name}={}.{mark}{fragment}", escaped(text)),
        Err(_) => address.to_owned(),
    }
}

fn marked(path: &str, name: &str, text: &str) -> String {
    format!("{path}\n{name}\n{text}")
}

fn seal() -> Option<Seal> {
    use_context::<Parts>()?.extensions.get::<Seal>().cloned()
}

/// The address that tells this, too; without a session there is nobody to tell it to.
pub fn telling(address: String, name: &str, text: &str) -> String {
    seal().map(|seal| with(&seal, &address, name, text)).unwrap_or(address)
}

/// What this page is told under a name.
pub fn told(name: &str) -> Option<String> {
    let value = use_query_map().with_untracked(|query| query.get(name))?;
    let (text, mark) = value.rsplit_once('.')?;
    let parts = use_context::<Parts>()?;
    let seal = parts.extensions.get::<Seal>()?;
    seal.fits(&marked(parts.uri.path(), name, text), mark).then(|| text.to_owned())
}

/// The page at `path`, saying what was done.
pub fn after(path: String, done: Done) -> String {
    telling(path, DONE, done.name())
}

/// The same, where the request is at hand.
pub fn after_for(seal: Option<&Seal>, path: String, done: Done) -> String {
    seal.map(|seal| with(seal, &path, DONE, done.name())).unwrap_or(path)
}

/// The page that says why a change was not made, for what a server function that failed says of itself in an address.
pub fn after_failure(seal: &Seal, page: &str, form: &str, error: &str) -> String {
    let error = ServerFnUrlError::<UiError>::decode_err(error);
    let refusal = Refusal { form: form.to_owned(), error, typed: () };
    with(seal, page, FAILED, &serde_json::to_string(&refusal).unwrap_or_default())
}

/// The page that holds what was typed, and says why it was not taken.
pub fn after_refusal(path: &str, form: &str, error: UiError, typed: &impl Serialize) -> Option<String> {
    let refusal = Refusal { form: form.to_owned(), error, typed };
    Some(with(&seal()?, path, REFUSED, &serde_json::to_string(&refusal).ok()?))
}

/// What was done.
pub fn done() -> Option<Done> {
    Done::parse(&told(DONE)?)
}

/// Whether a change was not made.
pub fn has_failed() -> bool {
    told(FAILED).or_else(|| told(REFUSED)).is_some()
}

/// Why the change was not made, if the reader has just tried: the page after it says so, or its address does.
pub fn failure<S: ServerFn<Error = UiError>>() -> Option<UiError> {
    if let Some(failed) = use_context::<Failed>() {
        return (failed.path == S::PATH).then_some(failed.error);
    }
    let refusal: Refusal<serde_json::Value> = serde_json::from_str(&told(FAILED).or_else(|| told(REFUSED))?).ok()?;
    (refusal.form == S::PATH).then_some(refusal.error)
}

/// What was typed into a form and not taken, and why.
pub fn refused<T: DeserializeOwned>(form: &str) -> Option<(T, UiError)> {
    let refusal: Refusal<T> = serde_json::from_str(&told(REFUSED)?).ok()?;
    (refusal.form == form).then_some((refusal.typed, refusal.error))
}

/// What was typed into the form of a change that was not made.
pub fn typed<S: ServerFn, T: DeserializeOwned>() -> Option<T> {
    refused(S::PATH).map(|(typed, _)| typed)
}
