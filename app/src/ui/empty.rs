use leptos::prelude::*;

/// Stands where a list would be.
#[component]
pub fn Empty(#[prop(into)] title: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children.map(|children| view! { <div class="empty-text">{children()}</div> })}
        </div>
    }
}
