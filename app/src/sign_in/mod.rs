use leptos::prelude::*;

#[component]
pub fn SignInPage() -> impl IntoView {
    view! { <p>"On its way"</p> }
}
