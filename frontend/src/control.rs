//! What somebody typed or chose: it stays when a page is loaded again.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlOptionElement, HtmlSelectElement, HtmlTextAreaElement};

use crate::{autosave::SAVES, dom::document};

/// A control of a form, with what of it has to stay while its defaults change. Anything else is none.
pub enum Control {
    None,
    /// A field with its text, if somebody typed it.
    Text(Field, Option<String>),
    /// A box or a button of several, and whether it is on, if somebody switched it.
    Switch(HtmlInputElement, Option<bool>),
    Choice(HtmlSelectElement, Option<String>),
}

pub enum Field {
    Line(HtmlInputElement),
    Lines(HtmlTextAreaElement),
}

impl Control {
    pub fn of(element: &Element) -> Self {
        // What a form that saves by itself holds is the server's, but for what is not saved; that is not touched.
        if element.closest(&format!("form[{SAVES}]")).is_ok_and(|form| form.is_some()) {
            return Self::of_server(element);
        }
        let has_focus = document().active_element().as_ref() == Some(element);
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            return match input.type_().as_str() {
                "hidden" => Self::None,
                "checkbox" | "radio" => {
                    let on = input.checked();
                    Self::Switch(input.clone(), (on != input.default_checked()).then_some(on))
                }
                _ => Self::text(Field::Line(input.clone()), has_focus),
            };
        }
        if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
            return Self::text(Field::Lines(area.clone()), has_focus);
        }
        if let Some(select) = element.dyn_ref::<HtmlSelectElement>() {
            let chosen = has_focus || select.selected_index() != default_choice(select);
            return Self::Choice(select.clone(), chosen.then(|| select.value()));
        }
        Self::None
    }

    /// A control that takes its defaults.
    fn of_server(element: &Element) -> Self {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            return match input.type_().as_str() {
                "hidden" => Self::None,
                "checkbox" | "radio" => Self::Switch(input.clone(), None),
                _ => Self::Text(Field::Line(input.clone()), None),
            };
        }
        if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
            return Self::Text(Field::Lines(area.clone()), None);
        }
        element.dyn_ref::<HtmlSelectElement>().map_or(Self::None, |select| Self::Choice(select.clone(), None))
    }

    /// With what it holds now, whoever it is from.
    pub fn as_it_is(element: &Element) -> Self {
        match Self::of_server(element) {
            Self::Text(field, _) => {
                let (now, _) = field.state();
                Self::Text(field, Some(now))
            }
            Self::Switch(input, _) => {
                let on = input.checked();
                Self::Switch(input, Some(on))
            }
            Self::Choice(select, _) => {
                let chosen = select.value();
                Self::Choice(select, Some(chosen))
            }
            Self::None => Self::None,
        }
    }

    /// What it holds, to be compared; nothing of what nobody types or chooses.
    pub fn held(element: &Element) -> Option<String> {
        match Self::of_server(element) {
            Self::Text(field, _) => Some(field.state().0),
            Self::Switch(input, _) => Some(input.checked().to_string()),
            Self::Choice(select, _) => Some(select.selected_index().to_string()),
            Self::None => None,
        }
    }

    /// What it would hold without anybody.
    pub fn default_of(element: &Element) -> Option<String> {
        match Self::of_server(element) {
            Self::Text(field, _) => Some(field.state().1),
            Self::Choice(select, _) => Some(default_choice(&select).to_string()),
            Self::Switch(..) | Self::None => None,
        }
    }

    /// Makes what it holds somebody's own, who wrote it over this default.
    pub fn written_over(element: &Element, default: &str) {
        match Self::of_server(element) {
            Self::Text(field, _) => {
                let (now, _) = field.state();
                field.set_default(default);
                field.set(&now);
            }
            Self::Choice(select, _) => {
                let chosen = select.selected_index();
                let options = select.options();
                for index in 0..options.length() {
                    if let Some(option) = options.item(index).and_then(|o| o.dyn_into::<HtmlOptionElement>().ok()) {
                        option.set_default_selected(index.to_string() == default);
                    }
                }
                select.set_selected_index(chosen);
            }
            Self::Switch(..) | Self::None => {}
        }
    }

    fn text(field: Field, has_focus: bool) -> Self {
        let (text, default) = field.state();
        let typed = (has_focus || text != default).then_some(text);
        Self::Text(field, typed)
    }

    /// After its defaults have changed: takes them, or keeps what is the reader's.
    pub fn settle(self) {
        match self {
            Self::None => {}
            Self::Text(field, typed) => {
                let (now, default) = field.state();
                let text = typed.unwrap_or(default);
                if text != now {
                    field.set(&text);
                }
            }
            Self::Switch(input, switched) => input.set_checked(switched.unwrap_or(input.default_checked())),
            Self::Choice(select, chosen) => {
                if let Some(chosen) = &chosen {
                    select.set_value(chosen);
                }
                // What was chosen may be there no longer.
                if chosen.is_none() || select.selected_index() < 0 {
                    select.set_selected_index(default_choice(&select));
                }
            }
        }
    }
}

impl Field {
    /// What it holds, and what it would without anybody.
    fn state(&self) -> (String, String) {
        match self {
            Self::Line(input) => (input.value(), input.default_value()),
            Self::Lines(area) => (area.value(), area.default_value().unwrap_or_default()),
        }
    }

    fn set_default(&self, text: &str) {
        match self {
            Self::Line(input) => input.set_default_value(text),
            // A text area takes any text.
            Self::Lines(area) => _ = area.set_default_value(text),
        }
    }

    fn set(&self, text: &str) {
        match self {
            Self::Line(input) => input.set_value(text),
            Self::Lines(area) => area.set_value(text),
        }
    }
}

/// The option that the server marked; without one, the first.
fn default_choice(select: &HtmlSelectElement) -> i32 {
    let options = select.options();
    let marked = (0..options.length()).rev().find(|index| {
        let option = options.item(*index).and_then(|option| option.dyn_into::<HtmlOptionElement>().ok());
        option.is_some_and(|option| option.default_selected())
    });
    marked.and_then(|index| i32::try_from(index).ok()).unwrap_or(0)
}
