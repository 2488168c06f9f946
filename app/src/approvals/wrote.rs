use domain::id::RequestId;
use islands::fields::Fields;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    drawn::draw,
    error::UiError,
    paths,
    server::{answered, is_plain_form},
    ui::{Notice, Tone, Written, said},
};

/// What somebody wrote about a request that was not taken, in the context of the page that answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wrote {
    /// Where the form posts to.
    pub path: &'static str,
    /// The note or the reason.
    pub text: String,
    /// By JSON pointer, of a form that changes arguments.
    pub fields: Fields,
    /// Why it was not taken, in words.
    pub why: Vec<String>,
}

impl Wrote {
    pub fn new(text: &str) -> Self {
        // A browser ends the lines of a form with both characters.
        Self { text: text.replace("\r\n", "\n"), ..Self::default() }
    }

    /// What was written into this form; nothing where another one was sent.
    pub fn into<S: ServerFn>() -> Self {
        use_context::<Self>().filter(|wrote| wrote.path == S::PATH).unwrap_or_default()
    }
}

/// Answers with the request's page, which holds what was written.
pub fn not_taken<S: ServerFn>(id: RequestId, wrote: Wrote, error: UiError) -> Result<(), UiError> {
    if !is_plain_form() {
        return Err(answered(error));
    }
    draw::<S>(paths::request(id), Wrote { path: S::PATH, ..wrote }, Some(error))
}

/// Shows what somebody wrote for which there is no form any more.
#[component]
pub fn KeptWords(words: Vec<String>) -> impl IntoView {
    let words: Vec<_> = words.into_iter().filter(|text| !text.trim().is_empty()).collect();
    let shown = (!words.is_empty()).then(|| {
        let quotes = words.into_iter().map(|text| view! { <blockquote class="kept-text"><Written text/></blockquote> });
        view! {
            <Notice tone=Tone::Neutral>
                <p class="notice-title">"What you wrote, which was not recorded"</p>
                {quotes.collect_view()}
            </Notice>
        }
    });
    view! { <div class="kept-words" data-said=said()>{shown}</div> }
}
