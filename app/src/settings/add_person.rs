use leptos::{html::Form, prelude::*};

use super::{calls::AddPerson as Add, person::RoleOptions, reset::reset_when_done};
use crate::ui::{ErrorNote, Field, Section, Submit, TextField, Tone, busy, failure};

/// Lets somebody new sign in.
#[component]
pub fn AddPerson(action: ServerAction<Add>) -> impl IntoView {
    let form = NodeRef::<Form>::new();
    reset_when_done(form, action);
    view! {
        <Section title="Add a person">
            <ErrorNote error=failure(action)/>
            <ActionForm action node_ref=form attr:class="form">
                <TextField label="Name" name="name" required=true most=100/>
                <TextField label="Email" name="email" kind="email" required=true/>
                <Field label="Role" name="role">
                    <select name="role" required>
                        <option value="">"Choose"</option>
                        <RoleOptions chosen=None/>
                    </select>
                </Field>
                <Field
                    label="First password"
                    name="password"
                    hint="At least 12 characters. Give it to them yourself: Reins sends no mail."
                >
                    <input
                        class="input"
                        type="password"
                        name="password"
                        required
                        minlength="12"
                        maxlength="200"
                        autocomplete="new-password"
                    />
                </Field>
                <Submit label="Add person" tone=Tone::Accent busy=busy(action)/>
            </ActionForm>
        </Section>
    }
}
