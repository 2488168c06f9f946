use domain::sentence::visible;
use leptos::prelude::*;

use super::Field;

/// One of several, or none of them; given with what each says.
#[component]
pub fn Choice(
    label: &'static str,
    name: &'static str,
    #[prop(optional, into)] hint: String,
    /// What it says where none of them is chosen.
    none: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{visible(&words)}</option> }
        })
        .collect();
    view! {
        <Field label name hint>
            <select name=name>
                <option value="">{none}</option>
                {options}
            </select>
        </Field>
    }
}
