//! The four layers, each a question with its answer in small forms.

mod actions;
mod data;
mod fallback;
mod limit;
mod logging;
mod mask;
mod places;

pub use actions::ActionLayer;
pub use data::DataLayer;
pub use fallback::Fallback;
pub use limit::ClauseBlanks;
pub use logging::LoggingLayer;

use leptos::prelude::*;

/// One layer under its question.
#[component]
pub fn Layer(
    number: u32,
    title: &'static str,
    /// What holds where nothing is said.
    hint: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="edit-layer" id=format!("layer-{number}") data-key=format!("layer-{number}") aria-labelledby=format!("layer-{number}-title")>
            <header class="edit-layer-head">
                <h2 id=format!("layer-{number}-title")>
                    <span class="edit-layer-number">{format!("{number}. ")}</span>
                    {title}
                </h2>
                <p class="hint">{hint}</p>
            </header>
            {children()}
        </section>
    }
}
