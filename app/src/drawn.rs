//! The page itself as the answer to a form: for what is too long for an address, and is nothing for a history or a log.

use std::sync::{Arc, Mutex};

use axum::http::{StatusCode, request::Parts};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    error::UiError,
    server::{answered, status},
    shell::Answer,
    ui::Failed,
};

/// Comes with a form, for what a server function leaves beside its answer.
#[derive(Clone, Default)]
pub struct Drawing(Arc<Mutex<Left>>);

#[derive(Default)]
struct Left {
    /// The page that is the answer.
    page: Option<Drawn>,
    /// Why nothing was done, in words that name what others have written: for no address that is not sealed.
    why: Option<String>,
}

/// A page with what was typed, and why that was not taken.
#[derive(Clone)]
pub struct Drawn {
    pub path: String,
    error: Option<UiError>,
    /// Puts what was typed, and why it was not taken, into the context of the page.
    typed: Arc<dyn Fn() + Send + Sync>,
}

impl Drawing {
    pub fn take(&self) -> Option<Drawn> {
        self.0.lock().ok()?.page.take()
    }

    pub fn why(&self) -> Option<String> {
        self.0.lock().ok()?.why.clone()
    }
}

fn drawing() -> Option<Drawing> {
    with_context::<Parts, _>(|parts| parts.extensions.get().cloned()).flatten()
}

/// Keeps why nothing was done for the page that says so.
pub fn keep_why(words: String) {
    if let Some(Drawing(left)) = drawing()
        && let Ok(mut left) = left.lock()
    {
        left.why = Some(words);
    }
}

pub fn kept_why() -> Option<String> {
    drawing()?.why()
}

impl Drawn {
    pub fn new(path: String, error: Option<UiError>, typed: impl Fn() + Send + Sync + 'static) -> Self {
        Self { path, error, typed: Arc::new(typed) }
    }

    pub fn status(&self) -> StatusCode {
        self.error.map_or(StatusCode::OK, status)
    }

    /// What the page finds in its context.
    pub fn provide(&self) {
        provide_context(Answer { path: self.path.clone() });
        (self.typed)();
    }
}

/// Answers with the page at `path`, which holds what was typed.
pub fn draw<S: ServerFn>(
    path: String,
    typed: impl Clone + Send + Sync + 'static,
    error: Option<UiError>,
) -> Result<(), UiError> {
    let failed = error.map(|error| Failed { path: S::PATH, error });
    leave(Drawn::new(path, error, move || {
        provide_context(typed.clone());
        if let Some(failed) = failed {
            provide_context(failed);
        }
    }))
}

/// Answers with this page.
pub fn leave(drawn: Drawn) -> Result<(), UiError> {
    let drawing = drawing().ok_or_else(|| answered(UiError::Unavailable))?;
    drawing.0.lock().map_err(|_| answered(UiError::Unavailable))?.page = Some(drawn);
    Ok(())
}
