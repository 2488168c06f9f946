use leptos::{
    ev,
    html::Dialog,
    prelude::*,
    web_sys::{HtmlElement, KeyboardEvent},
};
use wasm_bindgen::JsCast;

/// Where the browser remembers that single letters are off.
const OFF: &str = "single-letter-shortcuts-off";

/// Keys that move through what waits, and the list of them. They need the browser's help, so they show up with it.
#[island]
pub fn Shortcuts() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let ready = RwSignal::new(false);
    let letters = RwSignal::new(true);
    let open = move || {
        if let Some(dialog) = dialog.get_untracked() {
            // Fails only where it is open already.
            _ = dialog.show_modal();
        }
    };

    Effect::new(move |_| {
        letters.set(!is_off());
        ready.set(true);
        let listener = window_event_listener(ev::keydown, move |event| {
            if is_typing(&event) || event.ctrl_key() || event.alt_key() || event.meta_key() {
                return;
            }
            match event.key().as_str() {
                "j" if letters.get_untracked() => move_by(1),
                "k" if letters.get_untracked() => move_by(-1),
                "?" if letters.get_untracked() => open(),
                "ArrowDown" if place().is_some() => {
                    event.prevent_default();
                    move_by(1);
                }
                "ArrowUp" if place().is_some() => {
                    event.prevent_default();
                    move_by(-1);
                }
                _ => {}
            }
        });
        on_cleanup(move || listener.remove());
    });

    view! {
        <p class="shortcuts" hidden=move || !ready.get()>
            <button type="button" class="button button-quiet" on:click=move |_| open()>
                "Keyboard shortcuts"
            </button>
        </p>
        <dialog class="dialog" node_ref=dialog aria-labelledby="shortcuts-title">
            <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
            <dl class="keys">
                <div><dt><kbd>"j"</kbd> " or " <kbd>"↓"</kbd></dt><dd>"Next request"</dd></div>
                <div><dt><kbd>"k"</kbd> " or " <kbd>"↑"</kbd></dt><dd>"Request before"</dd></div>
                <div><dt><kbd>"Enter"</kbd></dt><dd>"Open the request"</dd></div>
                <div><dt><kbd>"?"</kbd></dt><dd>"Show this list"</dd></div>
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || letters.get()
                    on:change=move |event| {
                        letters.set(event_target_checked(&event));
                        remember(!letters.get_untracked());
                    }
                />
                <span>"Single letters work as shortcuts"</span>
            </label>
            <form method="dialog">
                <button class="button button-neutral">"Close"</button>
            </form>
        </dialog>
    }
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// The links to the requests, in their order.
fn links() -> Vec<HtmlElement> {
    let found = document().get_elements_by_class_name("line-link");
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// Which of the links has the focus.
fn place() -> Option<usize> {
    let focused = document().active_element()?;
    links().iter().position(|link| link.is_same_node(Some(&focused)))
}

/// Moves the focus down or up the list, and stays at its ends.
fn move_by(steps: isize) {
    let links = links();
    let Some(last) = links.len().checked_sub(1) else { return };
    let next = place().map_or(0, |place| place.saturating_add_signed(steps).min(last));
    // A link can take the focus.
    _ = links[next].focus();
}

fn is_off() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.is_some_and(|storage| storage.get_item(OFF).ok().flatten().is_some())
}

/// Without storage, the choice holds until the page is left.
fn remember(off: bool) {
    if let Ok(Some(storage)) = window().local_storage() {
        _ = if off { storage.set_item(OFF, "yes") } else { storage.remove_item(OFF) };
    }
}
