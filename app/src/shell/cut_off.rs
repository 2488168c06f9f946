use leptos::prelude::*;

use crate::{
    error::UiError,
    ui::{Notice, SignInAgain, Tone, use_live},
};

/// Says why the page stays as it is, although something changed; once, and in sight wherever somebody types.
#[component]
pub fn CutOff() -> impl IntoView {
    let live = use_live();
    let words = move || match live.failed()? {
        UiError::SignedOut => {
            Some(view! { <p>"You are signed out. What you typed stays here. " <SignInAgain/> "."</p> }.into_any())
        }
        // The banner says so.
        _ if live.lost() => None,
        _ => Some("This page could not be loaded again, so it may be old. It is tried again by itself.".into_any()),
    };
    view! {
        <div class="cut-off" role="status">
            {move || words().map(|words| view! { <Notice tone=Tone::Waiting>{words}</Notice> })}
        </div>
    }
}
