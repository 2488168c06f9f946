//! The button that prints a page. Without the client it would do nothing, so that it is shown here.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::dom::{all, document, on, window};

pub fn start() {
    for button in all(document().query_selector_all("[data-prints]")) {
        button.unchecked_ref::<HtmlElement>().set_hidden(false);
        // A browser that does not print has its reasons.
        on(&button, "click", |_| _ = window().print());
    }
}
