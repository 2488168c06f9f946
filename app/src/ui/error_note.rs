use domain::fault::Fault;
use islands::Said;
use leptos::prelude::*;

use super::{Notice, SignInAgain, Tone, words::sentence};
use crate::{error::UiError, shell::Answer, told};

/// What was not done, and what to do next; nothing where there is no error.
#[component]
pub fn ErrorNote(error: Option<UiError>) -> impl IntoView {
    let note = error.map(|error| {
        let next = match error {
            UiError::SignedOut => view! { <SignInAgain/> "." }.into_any(),
            _ => error.next().into_any(),
        };
        let names = matches!(error, UiError::Invalid(Fault::Alike | Fault::EmailAlike | Fault::EmailTaken));
        let why = names.then(told::why).flatten().map(|why| view! { <p><Said text=sentence(&why)/></p> });
        // Nothing is wrong where there was nothing to accept before.
        let tone = if error == UiError::MeansMore { Tone::Neutral } else { Tone::Bad };
        view! {
            <Notice tone>
                <p class="notice-title">{error.what()}</p>
                {why}
                <p>{next}</p>
            </Notice>
        }
    });
    view! {
        <div class="error-note" role="alert" data-said=said()>
            {note}
        </div>
    }
}

/// Marks what only the answer to a form says: it stays while the page is loaded again, until another form is sent.
pub fn said() -> Option<&'static str> {
    use_context::<Answer>().map(|_| "")
}

/// Why a change was not made, in the context of a page that is the answer to its form.
#[derive(Clone, Copy, Debug)]
pub struct Failed {
    pub path: &'static str,
    pub error: UiError,
}
