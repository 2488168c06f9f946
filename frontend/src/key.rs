//! Which element of one page is which of another.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// What an element is called among its siblings, if it is one that must not be taken for another.
pub fn key(node: &Node) -> Option<String> {
    let element: &Element = node.dyn_ref()?;
    let tag = element.tag_name();
    let attribute = |name: &str| element.get_attribute(name);
    let given = attribute("data-key").or_else(|| attribute("id")).or_else(|| attribute("data-field"));
    // A form is one of its reader's: its address says whose.
    let given = match attribute("action").filter(|_| tag == "FORM") {
        Some(action) => Some(given.unwrap_or_default() + &action),
        None => given,
    };
    let name = given.or_else(|| match tag.as_str() {
        "OPTION" => attribute("value"),
        // Of several with one name, the value says which.
        "BUTTON" | "INPUT" | "SELECT" | "TEXTAREA" => {
            let value = attribute("value").filter(|_| is_one_of_several(element)).unwrap_or_default();
            Some(attribute("name")? + " " + &value)
        }
        "DETAILS" => element.query_selector("summary").ok()??.text_content(),
        "LEPTOS-ISLAND" => Some(attribute("data-component")? + &attribute("data-props").unwrap_or_default()),
        _ => None,
    })?;
    Some(tag + " " + &name)
}

fn is_one_of_several(control: &Element) -> bool {
    let kind = control.get_attribute("type");
    matches!(kind.as_deref(), Some("checkbox" | "radio" | "submit"))
}

/// Whether one may become the other, where neither has a name.
pub fn alike(one: &Node, other: &Node) -> bool {
    one.node_name() == other.node_name() && first_class(one) == first_class(other)
}

fn first_class(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>()?.class_list().item(0)
}
