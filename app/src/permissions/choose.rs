//! The blanks of a sentence, each with a name of its own for those who do not see the words around it.

use domain::sentence::visible;
use leptos::prelude::*;

use super::form::UNITS;

/// One of several, given with what each says. What is chosen and not among them stays as it is.
#[component]
pub fn Choose(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(into)] chosen: String,
) -> impl IntoView {
    let known = options.iter().any(|(value, _)| *value == chosen);
    let extra = (!known && !chosen.is_empty()).then(|| (chosen.clone(), chosen.clone()));
    let options: Vec<_> = options
        .into_iter()
        .chain(extra)
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{visible(&words)}</option> }
        })
        .collect();
    view! { <select class="blank" name=name aria-label=label>{options}</select> }
}

/// `[50.00] [USD]`
#[component]
pub fn AmountBlank(
    /// What stands before the names of both fields.
    prefix: String,
    #[prop(into)] label: String,
    amount: String,
    currency: String,
    currencies: Vec<(String, String)>,
) -> impl IntoView {
    view! {
        <span class="blanks">
            <input
                class="input blank blank-amount"
                type="text"
                inputmode="decimal"
                name=format!("{prefix}[amount]")
                value=amount
                aria-label=label.clone()
                pattern=" *([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]+)? *"
                title="Digits, and a point before decimals where the currency has them: 72.50"
                required
                autocomplete="off"
            />
            <Choose name=format!("{prefix}[currency]") label=format!("{label}: currency") options=currencies chosen=currency/>
        </span>
    }
}

/// A whole number.
#[component]
pub fn NumberBlank(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    value: String,
    #[prop(default = 0)] least: u32,
) -> impl IntoView {
    view! {
        <input
            class="input blank blank-number"
            type="number"
            min=least.to_string()
            step="1"
            name=name
            value=value
            aria-label=label
            required
            autocomplete="off"
        />
    }
}

/// `[4] [hours]`
#[component]
pub fn SpanBlank(
    /// The names of the two fields.
    names: (String, String),
    #[prop(into)] label: String,
    number: String,
    unit: String,
) -> impl IntoView {
    // Nobody decides within seconds; where a file says so, it can stay.
    let usual = UNITS.iter().filter(|(name, _)| *name != "seconds" || unit == "seconds").rev();
    let options = usual.map(|(name, _)| ((*name).to_owned(), (*name).to_owned())).collect();
    view! {
        <span class="blanks">
            <NumberBlank name=names.0 label=label.clone() value=number least=1/>
            <Choose name=names.1 label=format!("{label}: unit") options chosen=unit/>
        </span>
    }
}

/// Boxes, of which any number is ticked.
#[component]
pub fn Ticks(
    #[prop(into)] name: String,
    #[prop(into)] legend: String,
    options: Vec<(String, String)>,
    chosen: Vec<String>,
) -> impl IntoView {
    let boxes: Vec<_> = options
        .into_iter()
        .map(|(value, words)| {
            let checked = chosen.contains(&value);
            view! {
                <label class="check">
                    <input type="checkbox" name=name.clone() value=value checked=checked/>
                    <span>{words}</span>
                </label>
            }
        })
        .collect();
    view! {
        <fieldset class="ticks">
            <legend>{legend}</legend>
            <div class="checks">{boxes}</div>
        </fieldset>
    }
}

/// Saves a form. Where the client saves by itself, it is not shown.
#[component]
pub fn Save(
    /// What it saves, for those who hear the button alone.
    #[prop(into)]
    of: String,
) -> impl IntoView {
    view! {
        <button type="submit" class="button button-neutral button-row save">
            "Save"
            <span class="sr-only">" " {of}</span>
        </button>
    }
}
