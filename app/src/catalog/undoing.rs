use leptos::prelude::*;

use super::typed::Typed;
use crate::ui::{Field, TextArea, TextField};

/// Whether it can be undone, until when, and how.
#[component]
pub fn Undoing(typed: Typed) -> impl IntoView {
    let choices = [
        ("reversible", "It can be undone"),
        ("until", "It can be undone until some moment"),
        ("irreversible", "It cannot be undone"),
    ];
    let choices = choices.map(|(value, words)| {
        let chosen = typed.undoing == value;
        view! {
            <label class="check">
                <input type="radio" name="fields[undoing]" value=value checked=chosen required/>
                <span>{words}</span>
            </label>
        }
    });
    view! {
        <fieldset>
            <legend>"Can it be undone?"</legend>
            {choices}
        </fieldset>
        <TextField
            label="Until when"
            name="fields[moment]"
            value=typed.moment
            hint="Only where there is such a moment: the parcel leaves the warehouse"
        />
        <Field label="How it is undone" name="fields[how]" hint="The steps that a person follows. Not needed for what cannot be undone.">
            <TextArea name="fields[how]" value=typed.how most=2000/>
        </Field>
    }
}
