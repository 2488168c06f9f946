//! Saves what changes in a form as soon as it has changed, one form after the other; and keeps what is not saved yet.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, Event, HtmlFormElement, HtmlInputElement};

use crate::{
    dom::{all, by_id, document, on, pause, window},
    fetch::{self, Answer, is_failure},
    forms::{entries, tell},
    morph::SENDING,
    page::{Page, show_address},
};

/// A form that saves by itself.
pub const SAVES: &str = "data-autosave";

/// What a form has while something in it is not saved; no page that comes changes it then.
pub const UNSAVED: &str = "data-unsaved";

/// What [`UNSAVED`] says. The server says `conflict`, where somebody else has changed the same: then a person decides.
const TYPING: &str = "typing";
const DUE: &str = "due";
const SENT: &str = "sent";
const MISFIT: &str = "misfit";
const REFUSED: &str = "refused";
const CONFLICT: &str = "conflict";

/// So long after a change it is saved, in milliseconds: several at once are one.
const REST: i32 = 300;

/// What did not get through is tried again after this.
const AGAIN: i32 = 5_000;

struct Autosave {
    page: Rc<Page>,
    busy: Cell<bool>,
}

pub fn listen(page: Rc<Page>) {
    if let Some(root) = document().document_element() {
        // It has no other way to hide the buttons that are not needed now.
        _ = root.set_attribute("data-saves", "");
    }
    let autosave = Rc::new(Autosave { page, busy: Cell::new(false) });
    on(&document(), "input", |event| {
        touched(&event, TYPING);
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
        if find("").is_some() {
            event.prevent_default();
        }
    });
}

/// Marks the form of what was changed.
fn touched(event: &Event, as_: &str) -> Option<()> {
    let element: Element = event.target()?.dyn_into().ok()?;
    let form = element.closest(&format!("form[{SAVES}]")).ok()??;
    if form.get_attribute(UNSAVED).as_deref() == Some(CONFLICT) {
        return None;
    }
    mark(&form, as_);
    show();
    Some(())
}

/// Whoever leaves what they wrote is not asked whether they want to.
fn given_up(event: &Event) -> Option<()> {
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("[data-gives-up]").ok()??;
    let form = link.closest("form").ok()??;
    form.remove_attribute(UNSAVED).ok()
}

/// The first form in such a state; any, where it is empty.
fn find(state: &str) -> Option<HtmlFormElement> {
    let state = if state.is_empty() { String::new() } else { format!("=\"{state}\"") };
    document().query_selector(&format!("form[{UNSAVED}{state}]:not([{SENDING}])")).ok()??.dyn_into().ok()
}

fn mark(form: &Element, state: &str) {
    // An attribute can be set.
    _ = form.set_attribute(UNSAVED, state);
}

/// Says what is not saved.
fn show() {
    let is = |state: &str| document().query_selector(&format!("[{UNSAVED}=\"{state}\"]")).is_ok_and(|it| it.is_some());
    set("save-pending", is(TYPING) || is(DUE) || is(SENT));
    set("save-misfit", is(MISFIT) || is(REFUSED));
}

fn set(note: &str, shown: bool) {
    if let Some(note) = by_id(note) {
        note.set_hidden(!shown);
    }
}

impl Autosave {
    /// Saves all that is due: one after the other, as an older page must not come after a newer one.
    async fn run(&self) {
        if self.busy.replace(true) {
            return;
        }
        while let Some(form) = find(DUE) {
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

        let unchanged = form.get_attribute(UNSAVED).as_deref() == Some(SENT);
        match answer {
            Some(answer) if answer.is_page() => {
                set("save-failed", false);
                self.saved(form, &answer, unchanged);
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

    fn saved(&self, form: &HtmlFormElement, answer: &Answer, unchanged: bool) {
        match (unchanged, is_failure(&answer.address)) {
            (true, false) => _ = form.remove_attribute(UNSAVED),
            // The server says why, and does not give back what was typed: it stays here.
            (true, true) => mark(form, REFUSED),
            // Typed into meanwhile: it is sent again, and rests on what was saved just now.
            (false, _) => _ = carry_over(form, &answer.document),
        }
        self.page.take(answer);
        show_address(&answer.address);
    }
}

/// Takes what the server says of a form that stays as it is: what its author has seen.
fn carry_over(form: &HtmlFormElement, document: &Document) -> Option<()> {
    let key = form.get_attribute("data-key")?;
    let forms = all(document.query_selector_all(&format!("form[{SAVES}]")));
    let new = forms.into_iter().find(|other| other.get_attribute("data-key").as_ref() == Some(&key))?;
    let seen = |form: &Element| form.query_selector("input[name=seen]").ok()??.dyn_into::<HtmlInputElement>().ok();
    seen(form)?.set_value(&seen(&new)?.value());
    Some(())
}

/// Waits until a form is back that is on its way by itself; its button is pressed then.
pub fn press_later(form: HtmlFormElement, button: Option<web_sys::HtmlElement>) {
    spawn_local(async move {
        while form.has_attribute(SENDING) {
            _ = pause(50).await;
        }
        // A form that is gone meanwhile has nothing to send.
        _ = form.request_submit_with_submitter(button.as_ref());
    });
}
