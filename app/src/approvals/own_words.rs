use domain::request::Ask;
use leptos::prelude::*;

use crate::ui::{Section, Written};

/// What the agent itself wrote: plain text, and marked as its own.
#[component]
pub fn OwnWords(ask: Ask, changed: bool) -> impl IntoView {
    let quotes: Vec<_> =
        [("What it was given", ask.input), ("Its reasoning", ask.reasoning), ("What it answers", ask.output)]
            .into_iter()
            .filter_map(|(title, text)| {
                let text = text.filter(|text| !text.trim().is_empty())?;
                Some(view! {
                    <figure class="quote">
                        <figcaption>{title}</figcaption>
                        <blockquote><Written text/></blockquote>
                    </figure>
                })
            })
            .collect();
    let shown = match quotes.is_empty() {
        true => view! { <p>"It gave no reasoning."</p> }.into_any(),
        false => view! {
            <p class="hint">"Written by the agent, not checked by Reins."</p>
            {changed.then(|| view! { <p class="hint">"Written for what was asked, before people changed it."</p> })}
            {quotes}
        }
        .into_any(),
    };
    view! { <Section title="In the agent’s own words">{shown}</Section> }
}
