use leptos::prelude::*;
use leptos_meta::Title;

use crate::paths;

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="There is nothing here"/>
        <main class="alone">
            <div class="alone-card">
                <h1>"There is nothing here"</h1>
                <p class="lead">"The address leads nowhere. It may have been mistyped, or what it showed is gone."</p>
                <a class="button button-accent" href=paths::today()>
                    "Go to Today"
                </a>
            </div>
        </main>
    }
}
