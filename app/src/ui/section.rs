use leptos::prelude::*;

/// A part of a page under its own heading.
#[component]
pub fn Section(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let key = title.clone();
    view! {
        <section class="section" data-key=key>
            <h2 class="section-title">{title}</h2>
            {children()}
        </section>
    }
}
