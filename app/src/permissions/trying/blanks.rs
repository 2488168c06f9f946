//! The fields of the form, each named as what judges the request reads it.

use domain::money::Currency;
use islands::fields::field;
use leptos::prelude::*;

use super::asked::Asked;
use crate::{permissions::choose::Choose, ui::Field};

/// A line of text.
#[component]
pub fn Line(
    asked: Asked,
    name: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let (value, name) = (asked.text(name), field(name));
    view! {
        <Field label name=name.clone() hint>
            <input class="input" type="text" name=name value=value maxlength="200" autocomplete="off"/>
        </Field>
    }
}

/// A whole number, or nothing.
#[component]
pub fn Number(
    asked: Asked,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let (value, name) = (asked.text(&name), field(&name));
    view! {
        <Field label name=name.clone() hint>
            <input class="input" type="number" min="0" step="1" name=name value=value autocomplete="off"/>
        </Field>
    }
}

/// An amount with its currency, or nothing.
#[component]
pub fn Amount(
    asked: Asked,
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    currencies: Vec<(String, String)>,
) -> impl IntoView {
    let (value, code) = (asked.text(&name), asked.text(&format!("{name}/currency")));
    let chosen =
        if code.is_empty() { currencies.first().map(|(code, _)| code.clone()).unwrap_or_default() } else { code };
    let currency = field(&format!("{name}/currency"));
    let name = field(&name);
    view! {
        <div class="field" data-field=name.clone()>
            <span class="field-label">{label.clone()}</span>
            <span class="blanks">
                <input
                    class="input blank-amount"
                    type="text"
                    inputmode="decimal"
                    name=name.clone()
                    value=value
                    aria-label=label.clone()
                    maxlength="30"
                    autocomplete="off"
                />
                <Choose name=currency label=format!("{label}: currency") options=currencies chosen/>
            </span>
        </div>
    }
}

/// A box to tick.
#[component]
pub fn Tick(asked: Asked, #[prop(into)] name: String, #[prop(into)] words: String) -> impl IntoView {
    let checked = asked.is_on(&name);
    view! {
        <label class="check">
            <input type="checkbox" name=field(&name) value="on" checked=checked/>
            <span>{words}</span>
        </label>
    }
}

/// Each with its code.
pub fn codes(currencies: impl IntoIterator<Item = Currency>) -> Vec<(String, String)> {
    currencies.into_iter().map(|one| (one.to_string(), one.to_string())).collect()
}
