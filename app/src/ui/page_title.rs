use leptos::prelude::*;

use super::Title;

/// The page's name, and the first line, which answers the page's question.
#[component]
pub fn PageTitle(
    #[prop(into)] title: String,
    #[prop(into)] lead: String,
    /// What stands beside: a state, or a link.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title.clone()/>
        <header class="page-title">
            <h1>{title}</h1>
            <p class="lead">{lead}</p>
            {children.map(|children| view! { <div class="page-title-more">{children()}</div> })}
        </header>
    }
}
