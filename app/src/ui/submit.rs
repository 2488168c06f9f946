use leptos::prelude::*;

use super::Tone;

/// A button that says what it will do. `Bad` is for the stop alone; a refusal is `Neutral`.
#[component]
pub fn Submit(
    #[prop(into)] label: String,
    #[prop(optional)] tone: Tone,
    /// While the form is on its way.
    #[prop(optional, into)]
    busy: ArcSignal<bool>,
) -> impl IntoView {
    let disabled = busy.clone();
    view! {
        <button
            type="submit"
            class=format!("button button-{}", tone.name())
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get()
        >
            {label}
        </button>
    }
}
