use leptos::prelude::*;

/// A button of a row: it says what it does, and of whom to those who do not see the row.
#[component]
pub fn NamedSubmit(
    label: &'static str,
    #[prop(into)] of: String,
    #[prop(into)] busy: ArcSignal<bool>,
) -> impl IntoView {
    let disabled = busy.clone();
    view! {
        <button
            type="submit"
            class="button button-neutral button-row"
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get()
        >
            {label}
            <span class="sr-only">" "{of}</span>
        </button>
    }
}
