use leptos::prelude::*;

use super::TextArea;

/// A label around a control, with a hint between them.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    /// The control's name, for whoever looks for it.
    #[prop(into)]
    name: String,
    /// Nothing, where it is empty.
    #[prop(optional, into)]
    hint: String,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="field" data-field=name>
            <span class="field-label">{label}</span>
            {(!hint.is_empty()).then(|| view! { <span class="field-hint">{hint}</span> })}
            {children()}
        </label>
    }
}

/// A line of text; `kind` is the input's type.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = 200)] most: u32,
    #[prop(optional)] least: u32,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    view! {
        <Field label name=name.clone() hint>
            <input
                class="input"
                type=kind
                name=name
                value=value
                required=required
                autocomplete=autocomplete
                minlength=(least > 0).then(|| least.to_string())
                maxlength=most.to_string()
                autofocus=autofocus
            />
        </Field>
    }
}

/// A password that is chosen here.
#[component]
pub fn NewPassword(
    label: &'static str,
    #[prop(default = "password")] name: &'static str,
    #[prop(default = "At least 12 characters.")] hint: &'static str,
) -> impl IntoView {
    view! { <TextField label name hint kind="password" autocomplete="new-password" required=true least=12/> }
}

/// Before all buttons of a form that Enter in a field must not send: a browser presses the first one for it, and this one
/// is off.
#[component]
pub fn NoEnter() -> impl IntoView {
    view! { <button type="submit" disabled hidden></button> }
}

/// Why: goes into the record.
///
/// Its form is sent by its button, never by Enter in another field.
#[component]
pub fn Reason(
    #[prop(into)] label: String,
    #[prop(default = "reason")] name: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] hint: String,
    /// What was written before and not taken.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! {
        <NoEnter/>
        <Field label name hint>
            <TextArea name value most=2000 required/>
        </Field>
    }
}
