//! The page that is shown, and how it takes in one that was loaded again.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::Date;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, FocusOptions, HtmlElement, Url};

use crate::{
    dom::{all, by_id, document, every, window},
    fetch::{self, Answer, clean},
    forms,
    live::Live,
    morph,
    notes::{Note, is_passing},
    printing,
    reading::Reading,
    times,
};

pub struct Page {
    /// Where it came from, with what that says of a change: loaded again, it says so again.
    address: RefCell<String>,
    /// How many pages were taken in: what was asked for before the last one is older than it.
    taken: Cell<u32>,
    /// How far the database's clock is ahead of the browser's, in milliseconds.
    ahead: Cell<f64>,
    pub reading: Reading,
}

/// How loading again went.
pub enum Loaded {
    Taken,
    /// Something newer came meanwhile.
    TooLate,
    SignedOut,
    Failed,
}

#[wasm_bindgen]
extern "C" {
    /// Of the script that takes over the islands of a page that has just come.
    #[wasm_bindgen(js_name = "__hydrateIsland", catch)]
    fn hydrate_island(island: &Element, component: &str) -> Result<JsValue, JsValue>;
}

/// Marks an island that is taken over, or about to be.
const ALIVE: &str = "data-alive";

pub fn start() {
    let address = document().url().unwrap_or_default();
    let page = Rc::new(Page {
        address: RefCell::new(address.clone()),
        taken: Cell::new(0),
        ahead: Cell::new(0.0),
        reading: Reading::default(),
    });
    page.set_clock(&document());
    times::tell(&document(), f64::INFINITY, page.now());

    let Ok(Some(frame)) = document().query_selector("[data-live]") else { return };
    for island in all(document().query_selector_all("leptos-island")) {
        _ = island.set_attribute(ALIVE, "");
    }
    if let Ok(address) = Url::new(&address) {
        show_address(&address);
    }
    page.reading.check();
    Reading::listen(page.clone());
    let live = Live::start(page.clone(), frame.get_attribute("data-live").unwrap_or_default());
    forms::listen(page.clone(), live.clone());
    printing::start();
    follow(live.clone());
    keep_time(page, live);
}

/// What changes without an event says by itself after how many seconds it is loaded again: who else is there, or how far
/// something has come.
fn follow(live: Rc<Live>) {
    let waited = Cell::new(0);
    every(1_000, move || {
        let place = document().query_selector("[data-follow]").ok().flatten();
        let pace = place.and_then(|place| place.get_attribute("data-follow")?.parse::<u32>().ok());
        let due = pace.is_some_and(|seconds| waited.get() + 1 >= seconds);
        waited.set(if due || pace.is_none() { 0 } else { waited.get() + 1 });
        if due && !document().hidden() {
            live.changed();
        }
    });
}

/// What is counted down may change something when it has run out.
fn keep_time(page: Rc<Page>, live: Rc<Live>) {
    let before = Cell::new(page.now());
    every(5_000, move || {
        let now = page.now();
        if times::tell(&document(), before.replace(now), now) {
            live.changed();
        }
    });
}

impl Page {
    pub async fn load_again(&self) -> Loaded {
        let taken = self.taken.get();
        let address = self.address.borrow().clone();
        let answer = fetch::get(&address).await;
        if self.taken.get() != taken {
            return Loaded::TooLate;
        }
        match answer {
            Some(answer) if answer.is_page() => {
                Note::Old.hide();
                if Note::SignedOut.is_shown() || is_passing() {
                    // What was refused then was refused for that.
                    Note::Refused.hide();
                }
                Note::SignedOut.hide();
                self.take(&answer);
                Loaded::Taken
            }
            Some(answer) if answer.is_sign_in() => {
                Note::Lost.hide();
                Note::Old.hide();
                Note::SignedOut.show();
                Loaded::SignedOut
            }
            _ => {
                // Where the stream is lost, the page says so already.
                if !Note::Lost.is_shown() {
                    Note::Old.show();
                }
                Loaded::Failed
            }
        }
    }

    /// Makes this page like the one that came. What is the same stays untouched.
    pub fn take(&self, answer: &Answer) {
        let (Some(old), Some(new)) = (document().body(), answer.document.body()) else { return };
        self.taken.set(self.taken.get() + 1);
        self.address.replace(answer.address.href());
        self.set_clock(&answer.document);
        // Before they are compared: a time that is told the same is no change.
        times::tell(&answer.document, f64::INFINITY, self.now());

        let focused = document().active_element();
        morph::children(&old, &new);
        document().set_title(&answer.document.title());
        match focused {
            Some(focused) if focused.is_connected() => focus(&focused),
            // What had it is gone: where the page begins is better than nowhere.
            Some(_) => by_id("content").iter().for_each(|content| focus(content)),
            None => {}
        }
        for island in all(document().query_selector_all("leptos-island:not([data-alive])")) {
            _ = island.set_attribute(ALIVE, "");
            // An island that cannot be taken over stays as the server drew it.
            _ = hydrate_island(&island, &island.get_attribute("data-component").unwrap_or_default());
        }
        self.reading.check();
    }

    fn now(&self) -> f64 {
        Date::now() + self.ahead.get()
    }

    fn set_clock(&self, page: &web_sys::Document) {
        if let Some(now) = times::clock(page) {
            self.ahead.set(now - Date::now());
        }
    }
}

/// Puts the address into the browser's bar, without what only the page needs to know.
pub fn show_address(address: &Url) {
    if let Ok(history) = window().history() {
        // A browser may refuse, if it is done too often; the page is as good.
        _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&clean(address)));
    }
}

/// Gives the focus, and moves nothing under the reader's eyes.
pub fn focus(element: &Element) {
    if document().active_element().as_ref() == Some(element) {
        return;
    }
    let still = FocusOptions::new();
    still.set_prevent_scroll(true);
    // What cannot take it leaves it where it is.
    _ = element.unchecked_ref::<HtmlElement>().focus_with_options(&still);
}
