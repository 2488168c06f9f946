use leptos::prelude::*;

use super::Tone;

/// A button that says what it will do. `Bad` is for the stop alone; a refusal is `Neutral`.
#[component]
pub fn Submit(#[prop(into)] label: String, #[prop(optional)] tone: Tone) -> impl IntoView {
    view! {
        <button type="submit" class=format!("button button-{}", tone.name())>
            {label}
        </button>
    }
}
