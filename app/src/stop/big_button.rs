use leptos::prelude::*;

use crate::{paths, ui::Icon};

/// The stop as a thumb wants it: a plain form and one press; a reason can follow.
#[component]
pub fn BigStop(action: String, label: String, #[prop(optional)] note: &'static str) -> impl IntoView {
    let note = (!note.is_empty()).then(|| view! { <p class="quiet">{note}</p> });
    view! {
        <form class="big-stop" action=action method="post">
            <input type="hidden" name="from" value=paths::stop()/>
            <button class="button button-bad big-stop-button" type="submit">
                <Icon name="stop"/>
                <span>{label}</span>
            </button>
            {note}
        </form>
    }
}
