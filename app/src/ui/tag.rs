use leptos::prelude::*;

use super::Tone;

/// A word with a tone, such as `Shadow`.
#[component]
pub fn Tag(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    view! { <span class=format!("tag tag-{}", tone.name())>{text}</span> }
}
