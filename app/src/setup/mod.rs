use leptos::prelude::*;

#[component]
pub fn SetupPage() -> impl IntoView {
    view! { <p>"On its way"</p> }
}
