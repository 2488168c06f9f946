use leptos::{html::Form, prelude::*};

use super::{calls::AddQueue as Add, reset::reset_when_done};
use crate::ui::{ErrorNote, Field, Section, Submit, TextField, Tone, busy, failure};

/// Makes a queue that rules can send requests to.
#[component]
pub fn AddQueue(action: ServerAction<Add>) -> impl IntoView {
    let form = NodeRef::<Form>::new();
    reset_when_done(form, action);
    view! {
        <Section title="Add a queue">
            <ErrorNote error=failure(action)/>
            <ActionForm action node_ref=form attr:class="form">
                <TextField label="Name" name="name" hint="As people read it: CS leads" required=true most=100/>
                <Field label="Short name" name="slug" hint="As rules name it: small letters, digits and hyphens, such as cs-leads">
                    <input
                        class="input"
                        type="text"
                        name="slug"
                        required
                        maxlength="40"
                        pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?"
                        title="Small letters, digits and hyphens, such as cs-leads"
                        autocomplete="off"
                    />
                </Field>
                <Submit label="Add queue" tone=Tone::Accent busy=busy(action)/>
            </ActionForm>
        </Section>
    }
}
