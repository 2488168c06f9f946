//! What a form was drawn with is what it sends: one whose part changes under its reader's eyes is held back until they say
//! that they have read it as it is now.

use std::cell::RefCell;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, HtmlInputElement};

use crate::{
    autosave::SAVES,
    dom::{all, by_id, document, on},
};

/// What a form has while it is held back.
pub const HELD: &str = "data-held";

/// The note in a form that is held back.
pub const NOTE: &str = "data-read-again";

/// What a form says of what its author saw.
const SEEN: &str =
    "input[type=hidden][name^=seen], input[type=hidden][name='fields[seen]'], input[type=hidden][data-seen]";

/// Under this name a form remembers what its reader saw.
const MEMORY: &str = "reinsSeen";

/// The version of the request that the reader has before them.
#[derive(Default)]
pub struct Reading(RefCell<Option<String>>);

impl Reading {
    /// Holds forms back, or no longer, as the page stands now.
    pub fn check(&self) {
        for form in bound_forms() {
            let now = seen_by(&form);
            match remembered(&form) {
                Some(before) if before != now => hold(&form),
                Some(_) => let_go(&form),
                None => remember(&form, &now),
            }
        }
        let Some((forms, version)) = forms() else { return };
        let mut seen = self.0.borrow_mut();
        let held = *seen.get_or_insert_with(|| version.clone()) != version;
        forms.set_hidden(held);
        if let Some(note) = by_id("read-again") {
            note.set_hidden(!held);
        }
    }

    /// What the reader has changed themselves, they know: the page that answers is seen as it is.
    pub fn begin_anew(&self) {
        for form in bound_forms() {
            remember(&form, &seen_by(&form));
        }
        self.0.take();
        self.check();
    }

    /// The reader says that they have read it as it is now.
    pub fn listen(page: std::rc::Rc<crate::page::Page>) {
        on(&document(), "click", move |event| {
            let Some(pressed) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
            if let Ok(Some(note)) = pressed.closest(&format!("[{NOTE}]"))
                && let Ok(Some(form)) = note.closest("form")
                && pressed.tag_name() == "BUTTON"
            {
                remember(&form, &seen_by(&form));
                let_go(&form);
                return focus_first(&form);
            }
            let of_note = pressed.closest("#read-again button").ok().flatten();
            let (Some(_), Some((forms, version))) = (of_note, forms()) else { return };
            *page.reading.0.borrow_mut() = Some(version);
            page.reading.check();
            focus_first(&forms);
        });
    }
}

fn focus_first(within: &Element) {
    let first = "input:not([type=hidden]), textarea, select, button:not([disabled])";
    if let Ok(Some(first)) = within.query_selector(first) {
        // A control can take the focus.
        _ = first.unchecked_into::<HtmlElement>().focus();
    }
}

fn forms() -> Option<(HtmlElement, String)> {
    let forms = document().query_selector("[data-version]").ok()??;
    let version = forms.get_attribute("data-version")?;
    Some((forms.dyn_into().ok()?, version))
}

/// Forms that say what their author saw, but for those that save by themselves: what they show is what they were drawn
/// with, and of a conflict the server decides.
fn bound_forms() -> Vec<Element> {
    let forms = all(document().query_selector_all(&format!("form[method=post]:not([{SAVES}])")));
    forms.into_iter().filter(|form| form.query_selector(SEEN).is_ok_and(|seen| seen.is_some())).collect()
}

fn seen_by(form: &Element) -> String {
    let seen = all(form.query_selector_all(SEEN)).into_iter();
    let values = seen.filter_map(|seen| Some(seen.dyn_into::<HtmlInputElement>().ok()?.value()));
    values.collect::<Vec<_>>().join("\n")
}

fn remembered(form: &Element) -> Option<String> {
    Reflect::get(form, &MEMORY.into()).ok()?.as_string()
}

fn remember(form: &Element, seen: &str) {
    // An element takes any property.
    _ = Reflect::set(form, &MEMORY.into(), &JsValue::from_str(seen));
}

fn hold(form: &Element) {
    _ = form.set_attribute(HELD, "");
    if form.query_selector(&format!("[{NOTE}]")).is_ok_and(|note| note.is_some()) {
        return;
    }
    let words = by_id("read-again-words").and_then(|words| words.clone_node_with_deep(true).ok());
    let Some(note) = words.and_then(|words| words.dyn_into::<HtmlElement>().ok()) else { return };
    note.set_id("");
    note.set_hidden(false);
    _ = note.set_attribute(NOTE, "");
    _ = form.insert_before(&note, form.first_child().as_ref());
}

fn let_go(form: &Element) {
    _ = form.remove_attribute(HELD);
    for note in all(form.query_selector_all(&format!("[{NOTE}]"))) {
        note.remove();
    }
}
