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

/// Comes with a form, for the page that a server function leaves as its answer.
#[derive(Clone, Default)]
pub struct Drawing(Arc<Mutex<Option<Drawn>>>);

/// A page with what was typed, and why that was not taken.
#[derive(Clone)]
pub struct Drawn {
    pub path: String,
    /// Puts what was typed into the context of the page.
    typed: Arc<dyn Fn() + Send + Sync>,
    failed: Option<Failed>,
}

impl Drawing {
    pub fn take(&self) -> Option<Drawn> {
        self.0.lock().ok()?.take()
    }
}

impl Drawn {
    pub fn status(&self) -> StatusCode {
        self.failed.map_or(StatusCode::OK, |failed| status(failed.error))
    }

    /// What the page finds in its context.
    pub fn provide(&self) {
        provide_context(Answer { path: self.path.clone() });
        (self.typed)();
        if let Some(failed) = self.failed {
            provide_context(failed);
        }
    }
}

/// Answers with the page at `path`, which holds what was typed.
pub fn draw<S: ServerFn>(
    path: String,
    typed: impl Clone + Send + Sync + 'static,
    error: Option<UiError>,
) -> Result<(), UiError> {
    let drawing = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Drawing>().cloned());
    let drawing = drawing.ok_or_else(|| answered(UiError::Unavailable))?;
    let failed = error.map(|error| Failed { path: S::PATH, error });
    match drawing.0.lock() {
        Ok(mut page) => {
            let typed = Arc::new(move || provide_context(typed.clone()));
            *page = Some(Drawn { path, typed, failed });
        }
        Err(_) => return Err(answered(UiError::Unavailable)),
    }
    Ok(())
}
