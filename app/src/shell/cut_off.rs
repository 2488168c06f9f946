use leptos::prelude::*;

use crate::{
    error::UiError,
    ui::{Notice, SignInAgain, Tone},
};

/// Why the page stays as it is, although something changed or was sent: the client shows what of it is so.
///
/// Once, and in sight wherever somebody types.
#[component]
pub fn CutOff() -> impl IntoView {
    let unreachable = UiError::Unreachable;
    view! {
        <div class="cut-off" data-client>
            <div id="refused" role="alert" hidden>
                <Notice tone=Tone::Bad>
                    // The client puts in what the server said.
                    <p id="refusal"></p>
                </Notice>
            </div>
            <div id="unreachable" role="alert" hidden>
                <Notice tone=Tone::Bad>
                    <p class="notice-title">{unreachable.what()}</p>
                    <p>{unreachable.next()}</p>
                </Notice>
            </div>
            <div id="signed-out" role="status" hidden>
                <Notice tone=Tone::Waiting>
                    <p>"You are signed out. What you typed stays here. " <SignInAgain/> "."</p>
                </Notice>
            </div>
            <div id="kept-words" role="status" hidden>
                <Notice tone=Tone::Neutral>
                    <p class="notice-title">"What you wrote is here: the form for it is gone, and it was not sent"</p>
                    <div id="kept-list"></div>
                </Notice>
            </div>
            // The client puts a copy into each form that it holds back.
            <div id="read-again-words" class="read-again-note" role="status" hidden>
                <Notice tone=Tone::Waiting>
                    "This was changed while you had it open. Read it again before you go on."
                </Notice>
                <button type="button" class="button button-neutral">
                    "I have read it as it is now"
                </button>
            </div>
            <div id="old" role="status" hidden>
                <Notice tone=Tone::Waiting>
                    "This page could not be loaded again, so it may be old. It is tried again by itself."
                </Notice>
            </div>
        </div>
    }
}
