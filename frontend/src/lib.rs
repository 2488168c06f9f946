//! What makes a page live in the browser: it follows what changes, and its forms need no new page.
//!
//! Without it pages work as well. The server's HTML is the one truth: a page that was loaded again is taken into the one
//! that is there, which keeps what somebody typed, and nothing of a page is drawn here but its islands.

mod autosave;
mod control;
mod dom;
mod fetch;
mod forms;
mod kept;
mod key;
mod live;
mod morph;
mod notes;
mod page;
mod printing;
mod reading;
mod times;

// Their exports have to be in the client.
use islands as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script, before it takes over the islands.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
    page::start();
}
