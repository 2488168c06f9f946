use leptos::prelude::*;

/// A button of a row: it says what it does, and of whom to those who do not see the row.
#[component]
pub fn NamedSubmit(label: &'static str, #[prop(into)] of: String) -> impl IntoView {
    view! {
        <button type="submit" class="button button-neutral button-row">
            {label}
            <span class="sr-only">" "{of}</span>
        </button>
    }
}
