use leptos::{prelude::*, server_fn::ServerFn};

use super::{Icon, SignInAgain};
use crate::error::UiError;

/// What was not done, and what to do next; nothing where there is no error.
#[component]
pub fn ErrorNote(#[prop(into)] error: ArcSignal<Option<UiError>>) -> impl IntoView {
    view! {
        <div class="error-note" role="alert">
            {move || {
                error
                    .get()
                    .map(|error| {
                        let next = match error {
                            UiError::SignedOut => view! { <SignInAgain/> "." }.into_any(),
                            _ => error.next().into_any(),
                        };
                        view! {
                            <div class="notice notice-bad">
                                <Icon name="alert"/>
                                <div class="notice-text">
                                    <p class="notice-title">{error.what()}</p>
                                    <p>{next}</p>
                                </div>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

/// Why the last run of an action failed, also when it was a plain form post.
pub fn failure<S>(action: ServerAction<S>) -> ArcSignal<Option<UiError>>
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    ArcSignal::derive(move || {
        action.value().with(|value| value.as_ref().and_then(|result| result.as_ref().err().copied()))
    })
}

/// Whether an action is on its way.
pub fn busy<S>(action: ServerAction<S>) -> ArcSignal<bool>
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    ArcSignal::derive(move || action.input().with(Option::is_some))
}
