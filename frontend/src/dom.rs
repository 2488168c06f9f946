//! The browser's window and document, in few words.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, Event, EventTarget, HtmlElement, NodeList};

pub use leptos::prelude::{document, window};

/// The element with this id.
pub fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// All elements that a selector fits.
pub fn all(found: Result<NodeList, JsValue>) -> Vec<Element> {
    let Ok(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Listens for as long as the page is there.
pub fn on(target: &EventTarget, event: &str, hear: impl FnMut(Event) + 'static) {
    let hear = Closure::<dyn FnMut(Event)>::new(hear).into_js_value();
    // What can be listened to takes any listener.
    _ = target.add_event_listener_with_callback(event, hear.unchecked_ref());
}

pub fn every(milliseconds: i32, run: impl FnMut() + 'static) {
    let run = Closure::<dyn FnMut()>::new(run).into_js_value();
    // Fails only without a window.
    _ = window().set_interval_with_callback_and_timeout_and_arguments_0(run.unchecked_ref(), milliseconds);
}

/// A pause that begins now.
pub fn pause(milliseconds: i32) -> JsFuture {
    let mut begin = |done: Function, _| {
        // Fails only without a window.
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, milliseconds);
    };
    Promise::new(&mut begin).into()
}
