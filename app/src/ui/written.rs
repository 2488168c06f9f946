use domain::sentence::visible;
use leptos::prelude::*;

/// What a person, an agent or a file has written: all of it is seen, and nothing of it turns what stands around it.
#[component]
pub fn Written(#[prop(into)] text: String) -> impl IntoView {
    view! { <bdi>{visible(&text)}</bdi> }
}
