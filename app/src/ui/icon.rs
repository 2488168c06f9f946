use leptos::prelude::*;

/// A picture beside a word, from `public/icons.svg`; it says nothing of its own.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use_ href=format!("/icons.svg#{name}")/>
        </svg>
    }
}
