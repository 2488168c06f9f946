//! Sends forms as the browser would, and shows the page that comes back in place.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    Element, Event, FormData, HtmlDetailsElement, HtmlElement, HtmlFormElement, ScrollIntoViewOptions,
    ScrollLogicalPosition, SubmitEvent, UrlSearchParams,
};

use crate::{
    autosave::{self, SAVES, UNSAVED},
    control::Control,
    dom::{all, by_id, document, on, window},
    fetch::{self, Answer, is_failure, is_not_taken},
    kept,
    live::Live,
    morph::{PRESSED, SAID, SENDING},
    notes::{Note, refuse},
    page::{Page, focus, show_address},
    reading::HELD,
};

pub fn listen(page: Rc<Page>, live: Rc<Live>) {
    autosave::listen(page.clone());
    on(&document(), "submit", move |event| {
        submitted(&page, &live, event);
    });
}

/// A form, and the button that was pressed.
struct Press {
    form: HtmlFormElement,
    button: Option<HtmlElement>,
}

fn submitted(page: &Rc<Page>, live: &Rc<Live>, event: Event) -> Option<()> {
    let event: SubmitEvent = event.dyn_into().ok()?;
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let press = Press { button: event.submitter(), form };
    if event.default_prevented() || press.form.has_attribute("target") {
        return None;
    }
    // What its reader has not seen yet is not sent; and what was pressed while the form was on its way is sent by itself.
    if press.form.has_attribute(HELD) || press.form.has_attribute(PRESSED) {
        event.prevent_default();
        return None;
    }
    match press.form.get_attribute("method")?.as_str() {
        "get" => {
            event.prevent_default();
            window().location().assign(&press.question()?).ok()
        }
        "post" if press.form.has_attribute(SENDING) && press.form.has_attribute(UNSAVED) => {
            event.prevent_default();
            autosave::press_later(press.form, press.button);
            None
        }
        // Pressed twice.
        "post" if press.form.has_attribute(SENDING) => {
            event.prevent_default();
            None
        }
        // The answer is for the browser to show.
        "post" if press.form.has_attribute("data-leaves") => {
            press.mark(true);
            live.leave();
            None
        }
        "post" => {
            let (address, entries) = (press.address()?, press.entries()?);
            event.prevent_default();
            // At once: it may be pressed again before anything is sent.
            press.mark(true);
            spawn_local(send(page.clone(), live.clone(), press, address, entries));
            None
        }
        _ => None,
    }
}

async fn send(page: Rc<Page>, live: Rc<Live>, press: Press, address: String, entries: UrlSearchParams) {
    Note::Refused.hide();
    Note::Unreachable.hide();
    // Its own stream must not take the way of what it sends.
    live.leave();
    let answer = fetch::post(&address, &entries).await;
    live.come();
    press.mark(false);

    match answer {
        Some(answer) if answer.is_page() => shown(&page, &press, &answer),
        Some(answer) => tell(&answer),
        None => Note::Unreachable.show(),
    }
    press.give_back_focus();
}

/// Says what an answer says that is no page.
pub fn tell(answer: &Answer) {
    match answer.refusal() {
        Some(words) => {
            if answer.is_sign_in() {
                Note::SignedOut.show();
            }
            refuse(&words, answer.is_open_press());
        }
        None => Note::Unreachable.show(),
    }
}

/// The change was made, or refused on the page itself: then what was typed stays.
fn shown(page: &Page, press: &Press, answer: &Answer) {
    let not_taken = is_not_taken(&answer.address);
    let failed = answer.is_refusal() || is_failure(&answer.address) || not_taken;
    // A form that saves by itself is the server's again, with what was typed.
    if !failed || not_taken && press.form.has_attribute(SAVES) {
        press.done();
        kept::forget();
    }
    if answer.shows_what_was_kept() {
        press.form.reset();
    }
    for said in all(document().query_selector_all(&format!("[{SAID}]"))) {
        _ = said.remove_attribute(SAID);
    }
    if window().location().pathname().ok().as_ref() != Some(&answer.address.pathname()) {
        // Where that fails, the page that is there is as good.
        _ = window().location().assign(&answer.address.href());
        return;
    }
    // A page that holds what was not taken has it for its own; it is the reader's still.
    let controls = all(press.form.query_selector_all("input, textarea, select")).into_iter();
    let defaults: Vec<_> = controls
        .filter(|_| answer.is_refusal())
        .filter_map(|control| Some((Control::default_of(&control)?, control)))
        .collect();
    page.take(answer);
    defaults.iter().for_each(|(default, control)| Control::written_over(control, default));
    if !failed {
        page.reading.begin_anew();
    }
    show_address(&answer.address);

    if !failed && press.arrive() {
        return;
    }
    let note = if failed { ".error-note > .notice" } else { ".done > .notice" };
    if let Ok(Some(note)) = document().query_selector(note) {
        let near = ScrollIntoViewOptions::new();
        near.set_block(ScrollLogicalPosition::Nearest);
        note.scroll_into_view_with_scroll_into_view_options(&near);
    }
}

impl Press {
    fn address(&self) -> Option<String> {
        let own = self.button.as_ref().and_then(|button| button.get_attribute("formaction"));
        own.or_else(|| self.form.get_attribute("action"))
    }

    fn entries(&self) -> Option<UrlSearchParams> {
        entries(&self.form, self.button.as_ref())
    }

    /// The address that asks for what is set; a form alone would name the rest as well.
    fn question(&self) -> Option<String> {
        let set = UrlSearchParams::new().ok()?;
        let entries = JsValue::from(self.entries()?);
        for entry in js_sys::try_iter(&entries).ok()??.flatten() {
            let entry: js_sys::Array = entry.into();
            let part = |at| entry.get(at).as_string().unwrap_or_default();
            if !part(1).is_empty() {
                set.append(&part(0), &part(1));
            }
        }
        let query = String::from(set.to_string());
        let joint = if query.is_empty() { "" } else { "?" };
        Some(self.address()? + joint + &query)
    }

    /// Shows that the form is on its way, or that it is back; it is not sent twice meanwhile.
    fn mark(&self, sending: bool) {
        let set = |element: &Element, name: &str, value: &str| {
            // These can be set and removed.
            _ = if sending { element.set_attribute(name, value) } else { element.remove_attribute(name) };
        };
        set(&self.form, SENDING, "");
        if let Some(button) = &self.button {
            set(button, "aria-busy", "true");
            set(button, "disabled", "");
        }
    }

    /// Empties the form, and closes its fold, as a page that was loaded anew would have them.
    fn done(&self) {
        if self.form.has_attribute(SAVES) {
            autosave::unmark(&self.form);
            return self.close_inner();
        }
        self.form.reset();
        if let Some(fold) = self.form.closest("details").ok().flatten() {
            fold.unchecked_into::<HtmlDetailsElement>().set_open(false);
        }
    }

    /// What was unfolded within the form to find the button.
    fn close_inner(&self) {
        let Some(button) = &self.button else { return };
        let Some(fold) = button.closest("details").ok().flatten().filter(|fold| self.form.contains(Some(fold))) else {
            return;
        };
        if let Ok(Some(summary)) = fold.query_selector("summary") {
            focus(&summary);
        }
        fold.unchecked_into::<HtmlDetailsElement>().set_open(false);
    }

    /// Goes to what the form has brought about, or to what stands there already, if the page says where that is.
    fn arrive(&self) -> bool {
        let Ok(Some(place)) = document().query_selector("[data-arrived]") else { return false };
        if place.contains(Some(&self.form)) {
            return false;
        }
        if let Ok(Some(fold)) = place.query_selector("details") {
            fold.unchecked_into::<HtmlDetailsElement>().set_open(true);
        }
        let near = ScrollIntoViewOptions::new();
        near.set_block(ScrollLogicalPosition::Center);
        place.scroll_into_view_with_scroll_into_view_options(&near);
        if let Ok(Some(first)) = place.query_selector("summary") {
            focus(&first);
        }
        true
    }

    /// A button that was off for a moment has lost it; where it is gone, the page begins at its top.
    fn give_back_focus(&self) {
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let button = self.button.as_ref().filter(|button| lost && button.offset_parent().is_some());
        match (button, by_id("content")) {
            (Some(button), _) => focus(button),
            (None, Some(content)) if lost => focus(&content),
            _ => {}
        }
    }
}

/// What a form says, as the browser would send it.
pub fn entries(form: &HtmlFormElement, button: Option<&HtmlElement>) -> Option<UrlSearchParams> {
    let data = FormData::new_with_form(form).ok()?;
    let entries = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    if let Some((name, value)) =
        button.and_then(|button| button.get_attribute("name").zip(button.get_attribute("value")))
    {
        entries.append(&name, &value);
    }
    Some(entries)
}
