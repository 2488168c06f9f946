//! Makes one tree of elements like another, and keeps the elements that are in both.

use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use crate::{
    autosave::UNSAVED,
    control::Control,
    kept,
    key::{alike, key},
    reading::NOTE,
};

/// What a form has while it is on its way; it stays as it is until the answer has come.
pub const SENDING: &str = "data-sending";

/// What a form has from a press while it was on its way until that press is sent.
pub const PRESSED: &str = "data-pressed";

/// What only the answer to a form says: it stays while the page is loaded again.
pub const SAID: &str = "data-said";

/// Makes the children of `old` like those of `new`, which may lose them. What stays is moved only where it has to be.
pub fn children(old: &Node, new: &Node) {
    let wanted = nodes(new);
    let (kept, gone) = pair(nodes(old), &wanted);
    for node in gone.into_iter().filter(|node| !holds_unsaved(node) && !is_note(node)) {
        kept::rescue(&node);
        // A child can be removed.
        _ = old.remove_child(&node);
    }
    let mut place = skip_comments(old.first_child());
    for (wanted, kept) in wanted.iter().zip(kept) {
        let node = kept.as_ref().unwrap_or(wanted);
        match &place {
            Some(here) if here == node => place = skip_comments(here.next_sibling()),
            // A node of another document becomes one of this.
            place => _ = old.insert_before(node, place.as_ref()),
        }
        if let Some(kept) = &kept {
            become_like(kept, wanted);
        }
    }
}

/// For each wanted node the one that is there already; and those that nobody wants.
fn pair(old: Vec<Node>, wanted: &[Node]) -> (Vec<Option<Node>>, Vec<Node>) {
    let keys: Vec<_> = old.iter().map(key).collect();
    let mut left: Vec<_> = old.into_iter().map(Some).collect();
    let mut from = 0;
    let kept = wanted.iter().map(|node| {
        let found = match key(node) {
            Some(key) => (0..left.len()).find(|at| left[*at].is_some() && keys[*at].as_ref() == Some(&key)),
            None => {
                let fits = |at: &usize| keys[*at].is_none() && left[*at].as_ref().is_some_and(|old| alike(old, node));
                let found = (from..left.len()).find(fits);
                from = found.map_or(from, |at| at + 1);
                found
            }
        };
        left[found?].take()
    });
    (kept.collect(), left.into_iter().flatten().collect())
}

fn become_like(old: &Node, new: &Node) {
    if old.is_equal_node(Some(new)) {
        return;
    }
    let (Some(old), Some(new)) = (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) else {
        return old.set_node_value(new.node_value().as_deref());
    };
    if is_let_alone(old) {
        return;
    }
    let control = Control::of(old);
    attributes(old, new);
    children(old, new);
    control.settle();
}

/// What has a state of its own here: an island, what the client shows and hides, a form on its way or not saved.
fn is_let_alone(element: &Element) -> bool {
    let marks = ["data-client", SAID, SENDING, UNSAVED];
    element.tag_name() == "LEPTOS-ISLAND" || marks.iter().any(|mark| element.has_attribute(mark))
}

/// The client has put it there.
fn is_note(node: &Node) -> bool {
    node.dyn_ref::<Element>().is_some_and(|element| element.has_attribute(NOTE))
}

/// What somebody wrote into what is gone stays until they have seen that it is.
fn holds_unsaved(node: &Node) -> bool {
    let element = node.dyn_ref::<Element>();
    element.is_some_and(|element| element.query_selector(&format!("[{UNSAVED}]")).is_ok_and(|it| it.is_some()))
}

fn attributes(old: &Element, new: &Element) {
    // The reader opens and closes.
    let folds = matches!(old.tag_name().as_str(), "DETAILS" | "DIALOG");
    let names = |element: &Element| {
        let names = element.get_attribute_names().to_vec().into_iter().filter_map(|name| name.as_string());
        names.filter(|name| !folds || name != "open").collect::<Vec<_>>()
    };
    for name in names(new) {
        let value = new.get_attribute(&name);
        if old.get_attribute(&name) != value {
            // The parser took the name from the server's page.
            _ = old.set_attribute(&name, &value.unwrap_or_default());
        }
    }
    for name in names(old) {
        if !new.has_attribute(&name) && name != PRESSED {
            _ = old.remove_attribute(&name);
        }
    }
}

/// Comments only mark where the server's rendering left something out.
fn nodes(parent: &Node) -> Vec<Node> {
    let mut found = Vec::new();
    let mut next = skip_comments(parent.first_child());
    while let Some(node) = next {
        next = skip_comments(node.next_sibling());
        found.push(node);
    }
    found
}

fn skip_comments(mut node: Option<Node>) -> Option<Node> {
    while node.as_ref().is_some_and(|node| node.node_type() == Node::COMMENT_NODE) {
        node = node?.next_sibling();
    }
    node
}
