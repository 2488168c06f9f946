use html_escape::encode_text;
use leptos::prelude::*;

/// What the browser calls the page: `text`, and Reins' name; the name alone without one.
///
/// The only title of a page: what stands in one is written by Leptos as it is, so that it is escaped here.
#[component]
pub fn Title(#[prop(optional, into)] text: Option<String>) -> impl IntoView {
    let text = text.map_or("Reins".to_owned(), |text| format!("{} · Reins", encode_text(&text)));
    view! { <leptos_meta::Title text/> }
}
