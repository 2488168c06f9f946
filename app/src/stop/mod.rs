use leptos::prelude::*;

#[component]
pub fn StopPage() -> impl IntoView {
    view! { <p>"On its way"</p> }
}
