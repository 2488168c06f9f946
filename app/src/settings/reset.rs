use leptos::{html::Form, prelude::*, server_fn::ServerFn};

use crate::error::UiError;

/// Empties a form once what it sent was done, ready for the next one.
pub fn reset_when_done<S>(form: NodeRef<Form>, action: ServerAction<S>)
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Effect::new(move |before: Option<usize>| {
        let runs = action.version().get();
        let done = action.value().with_untracked(|value| matches!(value, Some(Ok(_))));
        if let (true, true, Some(form)) = (done, before.is_some_and(|before| before != runs), form.get_untracked()) {
            form.reset();
        }
        runs
    });
}
