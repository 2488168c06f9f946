//! What somebody wrote into a form that a page does without: it is shown, not lost.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, Node};

use crate::dom::{all, by_id, document};

/// Shows what was written into forms of `node`, which is about to go.
pub fn rescue(node: &Node) {
    let Some(element) = node.dyn_ref::<Element>() else { return };
    let mut forms = all(element.query_selector_all("form[method=post]"));
    forms.extend(element.dyn_ref::<HtmlFormElement>().map(|form| form.clone().into()));
    let fields = forms.iter().flat_map(|form| all(form.query_selector_all("textarea, input")));
    let texts: Vec<String> = fields.filter_map(|field| typed(&field)).collect();
    let (Some(note), Some(list)) = (by_id("kept-words"), by_id("kept-list")) else { return };
    for written in texts.iter().filter(|text| !text.trim().is_empty()) {
        let Ok(place) = document().create_element("blockquote") else { return };
        place.set_class_name("kept-text");
        place.set_text_content(Some(written));
        // An element can have another child.
        _ = list.append_child(&place);
        note.set_hidden(false);
    }
}

/// What was sent since says what became of it.
pub fn forget() {
    if let (Some(note), Some(list)) = (by_id("kept-words"), by_id("kept-list")) {
        note.set_hidden(true);
        list.set_text_content(None);
    }
}

/// What somebody typed into a field; nothing of what the server put there, and no password.
fn typed(field: &Element) -> Option<String> {
    if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        return Some(area.value()).filter(|text| Some(text) != area.default_value().ok().as_ref());
    }
    let input = field.dyn_ref::<HtmlInputElement>()?;
    let is_text = !matches!(input.type_().as_str(), "checkbox" | "radio" | "hidden" | "password");
    (is_text && input.value() != input.default_value()).then(|| input.value())
}
