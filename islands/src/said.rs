use domain::sentence::visible;
use leptos::prelude::*;

/// A sentence of Reins: what stands in backticks is a value that somebody else has written, and is marked off. A value of
/// another direction turns nothing around it.
#[component]
pub fn Said(#[prop(into)] text: String) -> impl IntoView {
    let part = |(index, part): (usize, &str)| {
        let part = visible(part);
        match index % 2 {
            0 => part.into_any(),
            _ => view! { <bdi class="value">{part}</bdi> }.into_any(),
        }
    };
    text.split('`').enumerate().filter(|(_, part)| !part.is_empty()).map(part).collect_view()
}
