use leptos::prelude::*;

#[component]
pub fn AgentsPage() -> impl IntoView {
    view! { <p>"On its way"</p> }
}

#[component]
pub fn AgentPage() -> impl IntoView {
    view! { <p>"On its way"</p> }
}
