//! Saves what changes in a form as soon as it has changed, one form after the other; and keeps what is not saved yet.

use std::{cell::Cell, rc::Rc};

use js_sys::WeakMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, Event, HtmlFormElement, HtmlInputElement};

use crate::{
    control::Control,
    dom::{all, by_id, document, on, pause, window},
    fetch::{self, Answer, is_failure, is_not_taken},
    forms::{entries, tell},
    morph::{PRESSED, SENDING},
    page::{Page, show_address},
};

/// A form that saves by itself.
pub const SAVES: &str = "data-autosave";

/// What a form shows while something in it is not saved; no page that comes changes it then. What is sent is decided by
/// [`STATES`] alone.
pub const UNSAVED: &str = "data-unsaved";

/// What [`UNSAVED`] says. The server says `conflict`, where somebody else has changed the same: then a person decides.
const TYPING: &str = "typing";
const DUE: &str = "due";
const SENT: &str = "sent";
const MISFIT: &str = "misfit";
const REFUSED: &str = "refused";
const CONFLICT: &str = "conflict";

const CONTROLS: &str = "input, textarea, select";

/// So long after a change it is saved, in milliseconds: several at once are one.
const REST: i32 = 300;

/// So long after the last key it is saved, too: what is risky in it is said while it is written.
const PAUSE: i32 = 1_000;

/// What did not get through is tried again after this.
const AGAIN: i32 = 5_000;

thread_local! {
    /// What of a form is not saved, as it came about here. No page can write it: what comes marked as due is not sent.
    static STATES: WeakMap = WeakMap::new();
}

struct Autosave {
    page: Rc<Page>,
    busy: Cell<bool>,
    /// How often something was typed.
    typed: Cell<u32>,
}

pub fn listen(page: Rc<Page>) {
    hide_buttons();
    let autosave = Rc::new(Autosave { page, busy: Cell::new(false), typed: Cell::new(0) });
    autosave.clone().catch_up();
    let typing = autosave.clone();
    on(&document(), "input", move |event| {
        if let Some(form) = touched(&event, TYPING) {
            spawn_local(typing.clone().pause_in(form));
        }
    });
    on(&document(), "change", move |event| {
        if touched(&event, DUE).is_some() {
            let autosave = autosave.clone();
            spawn_local(async move {
                _ = pause(REST).await;
                autosave.run().await;
            });
        }
    });
    on(&document(), "click", |event| {
        given_up(&event);
    });
    on(&window(), "beforeunload", |event| {
        if is_unsaved() {
            event.prevent_default();
        }
    });
}

/// Hides the buttons that are not needed now: the page has no other way. What the address leads to stays where it is seen.
fn hide_buttons() {
    let place = window().location().hash().ok();
    let place = place.and_then(|hash| by_id(hash.strip_prefix('#')?));
    let top = || place.as_ref().map(|place| place.get_bounding_client_rect().top());
    let before = top();
    if let Some(root) = document().document_element() {
        _ = root.set_attribute("data-saves", "");
    }
    if let (Some(before), Some(after)) = (before, top()) {
        window().scroll_by_with_x_and_y(0.0, after - before);
    }
}

/// Whether leaving would lose something that was written.
fn is_unsaved() -> bool {
    let others = format!("form[method=post]:not([{SAVES}]):not([{SENDING}])");
    document().query_selector(&format!("form[{UNSAVED}]")).is_ok_and(|form| form.is_some())
        || all(document().query_selector_all(&others)).iter().any(is_written)
}

/// Whether somebody has typed or chosen: it holds something else than its markup alone would give it.
fn is_written(form: &Element) -> bool {
    let markup = form.clone_node_with_deep(true).ok().and_then(|copy| copy.dyn_into::<HtmlFormElement>().ok());
    let Some(markup) = markup else { return false };
    markup.reset();
    let held = |form: &Element| all(form.query_selector_all(CONTROLS)).iter().map(Control::held).collect::<Vec<_>>();
    held(form) != held(&markup)
}

/// Marks the form of what was changed, and gives it.
fn touched(event: &Event, as_: &str) -> Option<Element> {
    let element: Element = event.target()?.dyn_into().ok()?;
    let form = element.closest(&format!("form[{SAVES}]")).ok()??;
    if form.get_attribute(UNSAVED).as_deref() == Some(CONFLICT) {
        return None;
    }
    mark(&form, as_);
    show();
    Some(form)
}

/// Whoever leaves what they wrote is not asked whether they want to.
fn given_up(event: &Event) -> Option<()> {
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("[data-gives-up]").ok()??;
    unmark(&link.closest("form").ok()??);
    Some(())
}

/// The first form that is due and not on its way.
fn find_due() -> Option<HtmlFormElement> {
    let forms = all(document().query_selector_all(&format!("form[{SAVES}]:not([{SENDING}])")));
    forms.into_iter().find(|form| state(form).as_deref() == Some(DUE))?.dyn_into().ok()
}

fn state(form: &Element) -> Option<String> {
    STATES.with(|states| states.get(form).as_string())
}

fn mark(form: &Element, state: &str) {
    STATES.with(|states| states.set(form, &JsValue::from_str(state)));
    // An attribute can be set.
    _ = form.set_attribute(UNSAVED, state);
}

/// Nothing of it is unsaved.
pub fn unmark(form: &Element) {
    STATES.with(|states| states.delete(form));
    // An attribute can be removed.
    _ = form.remove_attribute(UNSAVED);
}

/// Says what is not saved.
fn show() {
    let is = |state: &str| document().query_selector(&format!("[{UNSAVED}=\"{state}\"]")).is_ok_and(|it| it.is_some());
    set("save-pending", is(TYPING) || is(DUE) || is(SENT));
    set("save-misfit", is(MISFIT) || is(REFUSED));
    if let Some(what) = by_id("save-misfit-what") {
        what.set_text_content(misfit().as_deref());
    }
}

/// What the first control says of itself that does not fit.
fn misfit() -> Option<String> {
    let control = document().query_selector(&format!("[{UNSAVED}=\"{MISFIT}\"] :invalid")).ok()??;
    control.get_attribute("title")
}

fn set(note: &str, shown: bool) {
    if let Some(note) = by_id(note) {
        note.set_hidden(!shown);
    }
}

impl Autosave {
    /// Saves what was changed before the client had come.
    fn catch_up(self: Rc<Self>) {
        for form in all(document().query_selector_all(&format!("form[{SAVES}]:not([{UNSAVED}])"))) {
            if is_written(&form) {
                mark(&form, DUE);
            }
        }
        spawn_local(async move { self.run().await });
    }

    /// Saves a form when whoever writes in it pauses.
    async fn pause_in(self: Rc<Self>, form: Element) {
        let typed = self.typed.get().wrapping_add(1);
        self.typed.set(typed);
        _ = pause(PAUSE).await;
        if self.typed.get() == typed && state(&form).as_deref() == Some(TYPING) {
            mark(&form, DUE);
            self.run().await;
        }
    }

    /// Saves all that is due: one after the other, as an older page must not come after a newer one.
    async fn run(&self) {
        if self.busy.replace(true) {
            return;
        }
        while let Some(form) = find_due() {
            if !form.check_validity() {
                mark(&form, MISFIT);
                continue;
            }
            mark(&form, SENT);
            show();
            if !self.save(&form).await {
                set("save-failed", true);
                _ = pause(AGAIN).await;
            }
        }
        self.busy.set(false);
        show();
    }

    /// `false`: no answer came, and it is due again.
    async fn save(&self, form: &HtmlFormElement) -> bool {
        let Some((address, sent)) = form.get_attribute("action").zip(entries(form, None)) else { return true };
        _ = form.set_attribute(SENDING, "");
        let answer = fetch::post(&address, &sent).await;
        _ = form.remove_attribute(SENDING);

        let unchanged = state(form).as_deref() == Some(SENT);
        let before = seen(form).map(|seen| seen.value());
        match answer {
            Some(answer) if answer.is_page() => {
                set("save-failed", false);
                self.saved(form, &answer, unchanged, before);
                true
            }
            answer => {
                if let Some(answer) = answer {
                    tell(&answer);
                }
                if unchanged {
                    mark(form, DUE);
                }
                false
            }
        }
    }

    fn saved(&self, form: &HtmlFormElement, answer: &Answer, unchanged: bool, before: Option<String>) {
        let mut stays = Vec::new();
        match (is_failure(&answer.address), is_not_taken(&answer.address)) {
            // It comes back with what was sent and why it was not taken. Of a conflict a person decides.
            (false, true) => {
                if !unchanged {
                    stays = all(form.query_selector_all(CONTROLS)).iter().map(Control::as_it_is).collect();
                }
                unmark(form);
            }
            // The server says why, and does not give back what was typed: it stays here.
            (true, _) if unchanged => mark(form, REFUSED),
            (true, _) => {}
            (false, false) => {
                carry_over(&before, &answer.document);
                if unchanged {
                    // Whoever has written `60` is not given `60.00` under their hands.
                    stays = document()
                        .active_element()
                        .filter(|it| form.contains(Some(it)))
                        .iter()
                        .map(Control::as_it_is)
                        .collect();
                    unmark(form);
                }
            }
        }
        self.page.take(answer);
        if !is_failure(&answer.address) && !is_not_taken(&answer.address) {
            self.page.reading.begin_anew();
        }
        stays.into_iter().for_each(Control::settle);
        if !unchanged && form.get_attribute(UNSAVED).as_deref() == Some(REFUSED) {
            mark(form, DUE);
        }
        show_address(&answer.address);
    }
}

/// What its author has seen of the part that a form changes.
fn seen(form: &Element) -> Option<HtmlInputElement> {
    form.query_selector("input[name=seen]").ok()??.dyn_into().ok()
}

/// Forms with something unsaved stay as they are; those of the part that was saved just now rest on what it is now, as
/// nobody is in conflict with themselves.
fn carry_over(before: &Option<String>, saved: &Document) {
    let forms = |document: &Document, of: &str| all(document.query_selector_all(&format!("form[{of}]")));
    let new = forms(saved, SAVES);
    for form in forms(&document(), UNSAVED) {
        let Some(mine) = seen(&form).filter(|seen| Some(seen.value()) == *before) else { continue };
        let key = form.get_attribute("data-key");
        if let Some(now) = new.iter().find(|new| new.get_attribute("data-key") == key).and_then(seen) {
            mine.set_value(&now.value());
        }
    }
}

/// Waits until a form is back that is on its way by itself; its button is pressed then, once.
pub fn press_later(form: HtmlFormElement, button: Option<web_sys::HtmlElement>) {
    if form.has_attribute(PRESSED) {
        return;
    }
    // At once: it may be pressed again before it is back.
    _ = form.set_attribute(PRESSED, "");
    if let Some(button) = &button {
        _ = button.set_attribute("aria-busy", "true");
    }
    spawn_local(async move {
        while form.has_attribute(SENDING) {
            _ = pause(50).await;
        }
        _ = form.remove_attribute(PRESSED);
        if let Some(button) = &button {
            _ = button.remove_attribute("aria-busy");
        }
        // A form that is gone meanwhile has nothing to send.
        _ = form.request_submit_with_submitter(button.as_ref());
    });
}
