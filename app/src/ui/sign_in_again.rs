use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::paths;

/// The way in that leaves this page as it is, with what was typed into it, and leads back to it.
#[component]
pub fn SignInAgain() -> impl IntoView {
    view! {
        <a href=paths::sign_in_to(&here()) target="_blank">
            "Sign in in another tab"
        </a>
    }
}

/// The address of the page.
pub fn here() -> String {
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    if search.is_empty() { path } else { format!("{path}?{search}") }
}
