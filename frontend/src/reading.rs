//! A yes or a no is bound to what the reader saw: a request that changes under their eyes holds the forms back.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::dom::{by_id, document, on};

/// The version of the request that the reader has before them.
#[derive(Default)]
pub struct Reading(RefCell<Option<String>>);

impl Reading {
    /// Holds the forms back, or no longer, as the page stands now.
    pub fn check(&self) {
        let Some((forms, version)) = forms() else { return };
        let mut seen = self.0.borrow_mut();
        let held = *seen.get_or_insert_with(|| version.clone()) != version;
        forms.set_hidden(held);
        if let Some(note) = by_id("read-again") {
            note.set_hidden(!held);
        }
    }

    /// The reader says that they have read it as it is now.
    pub fn listen(page: std::rc::Rc<crate::page::Page>) {
        on(&document(), "click", move |event| {
            let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let of_note = pressed.and_then(|pressed| pressed.closest("#read-again button").ok().flatten());
            let (Some(_), Some((forms, version))) = (of_note, forms()) else { return };
            *page.reading.0.borrow_mut() = Some(version);
            page.reading.check();
            if let Ok(Some(first)) = forms.query_selector("input:not([type=hidden]), textarea, button") {
                // A control can take the focus.
                _ = first.unchecked_into::<HtmlElement>().focus();
            }
        });
    }
}

fn forms() -> Option<(HtmlElement, String)> {
    let forms = document().query_selector("[data-version]").ok()??;
    let version = forms.get_attribute("data-version")?;
    Some((forms.dyn_into().ok()?, version))
}
