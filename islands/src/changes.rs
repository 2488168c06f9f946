use domain::schema::Schema;
use leptos::{
    html::Div,
    prelude::*,
    web_sys::{FormData, HtmlFormElement},
};
use serde_json::Value;
use wasm_bindgen::JsCast;

use crate::{
    Said,
    difference::{differences, misfits},
    fields::{Fields, changed, pointer},
};

/// What the form around it would change, and what of it does not fit, in words; while somebody types.
#[island]
pub fn Changes(
    /// The [`Schema`] of the action, as it is [given](crate::given).
    schema: String,
    /// The arguments as they are, given likewise.
    before: String,
) -> impl IntoView {
    let read = (serde_json::from_str::<Schema>(&schema), serde_json::from_str::<Value>(&before));
    let (Ok(schema), Ok(before)) = read else { return ().into_any() };
    let place = NodeRef::<Div>::new();
    let lines = RwSignal::new(Vec::<String>::new());

    Effect::new(move |_| {
        let Some(form) = place.get().and_then(|place| place.closest("form").ok().flatten()) else { return };
        let Ok(form) = form.dyn_into::<HtmlFormElement>() else { return };
        let (schema, before, read) = (schema.clone(), before.clone(), form.clone());
        let compare = move || {
            let after = changed(&schema, &sent(&read), &before);
            let mut all = differences(&before, &after);
            all.extend(misfits(&schema, &after));
            lines.set(all);
        };
        // What was typed before the page came alive counts as well.
        compare();
        let listener = wasm_bindgen::closure::Closure::<dyn Fn()>::new(compare).into_js_value();
        for event in ["input", "change"] {
            // An element takes any listener.
            _ = form.add_event_listener_with_callback(event, listener.unchecked_ref());
        }
    });

    view! {
        <div class="changes" aria-live="polite" node_ref=place>
            <ul hidden=move || lines.with(Vec::is_empty)>
                {move || lines.get().into_iter().map(|line| view! { <li><Said text=line/></li> }).collect_view()}
            </ul>
        </div>
    }
    .into_any()
}

/// What the form would send, by JSON pointer.
pub(crate) fn sent(form: &HtmlFormElement) -> Fields {
    let Ok(data) = FormData::new_with_form(form) else { return Fields::new() };
    let pairs = data.entries().into_iter().flatten().filter_map(|pair| {
        let pair = js_sys::Array::from(&pair);
        Some((pointer(&pair.get(0).as_string()?)?.to_owned(), pair.get(1).as_string()?))
    });
    pairs.collect()
}
