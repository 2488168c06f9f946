//! Pages that follow what changes: one stream of events says that something did, and the pages load again.

use std::{
    future::poll_fn,
    task::{Context, Poll, Waker},
    time::Duration,
};

use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::EventSource;

use crate::{error::UiError, paths};

/// Goes up each time something changed: what a page's resource is loaded by.
#[derive(Clone, Copy)]
pub struct Live {
    version: RwSignal<u64>,
    /// Whether the stream has broken off, so that the page may be old.
    lost: RwSignal<bool>,
    /// Why the page could not be loaded again; it stays as it was.
    failed: RwSignal<Option<UiError>>,
    pace: StoredValue<Pace>,
    /// Whether loading will be tried again in a while.
    retries: StoredValue<bool>,
    /// What waits for the next time.
    waiting: StoredValue<Vec<Waker>>,
}

/// Much may change at once, and a page is not loaded for each.
#[derive(Clone, Copy)]
enum Pace {
    Quiet,
    Pausing,
    MoreToCome,
}

/// The page's own view of what changed.
pub fn use_live() -> Live {
    use_context().unwrap_or_else(Live::new)
}

/// Pages load again this often at the most.
const PAUSE: Duration = Duration::from_millis(800);

/// What could not be loaded is tried again after this.
const AGAIN: Duration = Duration::from_secs(5);

impl Live {
    fn new() -> Self {
        Self {
            version: RwSignal::new(0),
            lost: RwSignal::new(false),
            failed: RwSignal::new(None),
            pace: StoredValue::new(Pace::Quiet),
            retries: StoredValue::new(false),
            waiting: StoredValue::new(Vec::new()),
        }
    }

    /// Follows the server's events, in the browser only.
    pub fn provide() -> Self {
        let live = Self::new();
        provide_context(live);
        Effect::new(move |_| live.listen());
        live
    }

    pub fn get(self) -> u64 {
        self.version.get()
    }

    pub fn lost(self) -> bool {
        self.lost.get()
    }

    pub fn failed(self) -> Option<UiError> {
        self.failed.get()
    }

    /// What is shown of a key. What cannot be loaded again stays on the page, with what was typed into it.
    pub fn resource<K, T, Fut>(
        self,
        key: impl Fn() -> K + Clone + Send + Sync + 'static,
        load: impl Fn(K) -> Fut + Clone + Send + Sync + 'static,
    ) -> Resource<Result<T, UiError>>
    where
        K: Clone + PartialEq + Send + Sync + 'static,
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
        Fut: Future<Output = Result<T, UiError>> + Send + 'static,
    {
        let first = self.version.get_untracked();
        let shown = StoredValue::new(untrack(&key));
        let now = key.clone();
        let source = move || (key(), self.get());
        Resource::new(source, move |(wanted, version)| {
            let (load, now) = (load.clone(), now.clone());
            async move {
                loop {
                    let loaded = load(wanted.clone()).await;
                    // Not even the page may be there any more.
                    let Some(before) = shown.try_get_value() else { return loaded };
                    match &loaded {
                        Ok(_) => {
                            shown.set_value(wanted);
                            self.note(None);
                            return loaded;
                        }
                        Err(error) if is_cut_off(*error) && version != first && before == wanted => {
                            self.note(Some(*error));
                            self.next().await;
                            if shown.is_disposed() || untrack(&now) != wanted {
                                return loaded;
                            }
                        }
                        Err(_) => return loaded,
                    }
                }
            }
        })
    }

    /// Notes how loading went. What failed on the way is tried again in a while, and all of it once something came.
    fn note(self, failed: Option<UiError>) {
        let before = self.failed.try_get_untracked().flatten();
        if before != failed {
            self.failed.try_set(failed);
        }
        match failed {
            None if before.is_some() => self.bump(),
            None => {}
            // A session comes from another tab: this page is loaded when somebody comes back to it.
            Some(UiError::SignedOut) => {}
            Some(_) if self.retries.try_get_value() == Some(false) => {
                self.retries.set_value(true);
                let again = move || {
                    if self.retries.try_set_value(false).is_none() {
                        self.bump();
                    }
                };
                set_timeout(again, AGAIN);
            }
            Some(_) => {}
        }
    }

    /// Ends when pages are to be loaded again.
    async fn next(self) {
        let before = self.version.try_get_untracked();
        let poll = move |context: &mut Context<'_>| {
            if self.version.try_get_untracked() != before {
                return Poll::Ready(());
            }
            self.waiting.try_update_value(|waiting| waiting.push(context.waker().clone()));
            Poll::Pending
        };
        poll_fn(poll).await;
    }

    /// Loads the page again after a run of an action, without waiting for the event; what was typed wrongly stays.
    pub fn follow<S>(self, action: ServerAction<S>)
    where
        S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        Effect::new(move |before: Option<usize>| {
            let runs = action.version().get();
            let error = action.value().with_untracked(|value| value.as_ref()?.as_ref().err().copied());
            if before.is_some_and(|before| before != runs) && error.is_none_or(UiError::is_about_the_state) {
                self.bump();
            }
            runs
        });
    }

    fn bump(self) {
        self.version.try_update(|version| *version += 1);
        for waker in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            waker.wake();
        }
    }

    /// Loads again at once, and once more after a pause if more has changed by then.
    fn changed(self) {
        match self.pace.try_get_value() {
            Some(Pace::Quiet) => self.load_and_pause(),
            Some(Pace::Pausing) => self.pace.set_value(Pace::MoreToCome),
            Some(Pace::MoreToCome) | None => {}
        }
    }

    fn load_and_pause(self) {
        self.bump();
        self.pace.set_value(Pace::Pausing);
        set_timeout(
            move || match self.pace.try_get_value() {
                Some(Pace::MoreToCome) => self.load_and_pause(),
                Some(_) => self.pace.set_value(Pace::Quiet),
                None => {}
            },
            PAUSE,
        );
    }

    /// Browsers open few streams to one server at a time: a page that nobody sees gives its own up.
    fn listen(self) {
        let stream = StoredValue::new_local(self.open());
        let follow_visibility = Closure::<dyn FnMut()>::new(move || {
            let Some(old) = stream.try_update_value(Option::take) else { return };
            if let Some(old) = old {
                old.close();
            }
            if !document().hidden() {
                stream.set_value(self.open());
                self.bump();
            }
        });
        let listener = follow_visibility.into_js_value();
        if document().add_event_listener_with_callback("visibilitychange", listener.unchecked_ref()).is_err() {
            leptos::logging::warn!("pages that nobody sees keep their stream");
        }
    }

    fn open(self) -> Option<EventSource> {
        let stream = EventSource::new(&paths::live()).ok()?;
        let on_change = Closure::<dyn FnMut()>::new(move || self.changed());
        let on_open = Closure::<dyn FnMut()>::new(move || {
            self.lost.try_set(false);
        });
        let on_error = Closure::<dyn FnMut()>::new(move || {
            self.lost.try_set(true);
        });
        stream.add_event_listener_with_callback("changed", on_change.into_js_value().unchecked_ref()).ok()?;
        stream.set_onopen(Some(on_open.into_js_value().unchecked_ref()));
        stream.set_onerror(Some(on_error.into_js_value().unchecked_ref()));
        Some(stream)
    }
}

/// Whether the error says nothing of what was asked for.
fn is_cut_off(error: UiError) -> bool {
    matches!(error, UiError::SignedOut | UiError::Unavailable | UiError::Unreachable | UiError::Outdated)
}
