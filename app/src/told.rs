//! What a page is told, in its address, of what its reader has just done. It is sealed to their session and to the page:
//! no link says something in Reins' name, and none fills a form.

use std::sync::Arc;

use axum::http::request::Parts;
use governance::Seal;
use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::ServerFnUrlError},
};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    drawn::{Drawn, kept_why},
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

/// Longer addresses are cut off on the way, or refused, in bytes: what is longer stands in a page that is the answer itself.
const MOST: usize = 6_000;

/// Why a change was not made, and what was typed into its form.
#[derive(Serialize, Deserialize)]
struct Refusal<T = serde_json::Value> {
    /// The server function that its form posts to.
    form: String,
    error: UiError,
    /// The same in words, where they name what others have written.
    why: Option<String>,
    typed: T,
}

/// Why a change was not made, in the context of a page that is the answer itself.
#[derive(Clone)]
pub struct Why(pub String);

/// The same in the context of a page that is the answer itself.
#[derive(Clone)]
struct Kept(Arc<str>);

/// Where the answer to a change that was not made is found.
pub enum Back {
    /// At an address, which holds what was typed.
    To(String),
    /// Here.
    Here(Drawn),
}

/// What a form sent that was not done, by the names of its fields, all but passwords.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Sent(Vec<(String, String)>);

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
pub fn after_failure(seal: &Seal, page: &str, form: &str, error: &str, why: Option<String>, sent: Sent) -> Back {
    let error = ServerFnUrlError::<UiError>::decode_err(error);
    back(seal, page, FAILED, &Refusal { form: form.to_owned(), error, why, typed: sent })
}

/// The page that holds what was typed, and says why it was not taken; `None` without a session.
pub fn after_refusal(path: &str, form: &str, error: UiError, typed: &impl Serialize) -> Option<Back> {
    Some(back(&seal()?, path, REFUSED, &Refusal { form: form.to_owned(), error, why: kept_why(), typed }))
}

fn back<T: Serialize>(seal: &Seal, page: &str, name: &str, refusal: &Refusal<T>) -> Back {
    let text = serde_json::to_string(refusal).unwrap_or_default();
    let address = with(seal, page, name, &text);
    if address.len() <= MOST {
        return Back::To(address);
    }
    let kept = Kept(text.into());
    Back::Here(Drawn::new(page.to_owned(), Some(refusal.error), move || provide_context(kept.clone())))
}

fn refusal() -> Option<String> {
    let kept = use_context::<Kept>().map(|Kept(text)| text.to_string());
    kept.or_else(|| told(FAILED)).or_else(|| told(REFUSED))
}

/// What was done.
pub fn done() -> Option<Done> {
    Done::parse(&told(DONE)?)
}

/// Whether a change was not made.
pub fn has_failed() -> bool {
    refusal().is_some()
}

/// Why the change was not made, if the reader has just tried: the page after it says so, or its address does.
pub fn failure<S: ServerFn<Error = UiError>>() -> Option<UiError> {
    if let Some(failed) = use_context::<Failed>() {
        return (failed.path == S::PATH).then_some(failed.error);
    }
    let refusal: Refusal = serde_json::from_str(&refusal()?).ok()?;
    (refusal.form == S::PATH).then_some(refusal.error)
}

/// Why the change was not made, as a sentence for [`islands::Said`], where it names what others have written.
pub fn why() -> Option<String> {
    if let Some(Why(why)) = use_context() {
        return Some(why);
    }
    serde_json::from_str::<Refusal>(&refusal()?).ok()?.why
}

/// What was typed into a form and not taken, and why.
pub fn refused<T: DeserializeOwned>(form: &str) -> Option<(T, UiError)> {
    let refusal: Refusal<T> = serde_json::from_str(&refusal()?).ok()?;
    (refusal.form == form).then_some((refusal.typed, refusal.error))
}

/// What was typed into the form of a change that was not made.
pub fn typed<S: ServerFn, T: DeserializeOwned>() -> Option<T> {
    refused(S::PATH).map(|(typed, _)| typed)
}

/// What this form sent, if it was not done; nothing otherwise.
pub fn sent<S: ServerFn>() -> Sent {
    typed::<S, _>().unwrap_or_default()
}

impl Sent {
    pub fn new(fields: Vec<(String, String)>) -> Self {
        let told = fields.into_iter().filter(|(name, _)| !name.to_lowercase().contains("password"));
        // A browser ends the lines of a form with both characters.
        Self(told.map(|(name, text)| (name, text.replace("\r\n", "\n"))).collect())
    }

    /// Nothing where another form of the same kind was sent: each says in a field what it is about.
    pub fn about(self, name: &str, what: &str) -> Self {
        if self.has(name, what) { self } else { Self::default() }
    }

    pub fn is_some(&self) -> bool {
        !self.0.is_empty()
    }

    pub fn has(&self, name: &str, what: &str) -> bool {
        self.0.iter().any(|(known, text)| known == name && text == what)
    }

    /// What stood in a field; nothing where it was not sent.
    pub fn text(&self, name: &str) -> String {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// All that was sent under a name.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(known, _)| known == name).map(|(_, text)| text.clone()).collect()
    }
}
