use domain::role::Role;
use leptos::prelude::*;

use super::{calls::AddPerson as Add, person::RoleOptions};
use crate::ui::{ErrorNote, Field, NewPassword, Section, Submit, TextField, Tone, failure, post_to, sent};

/// Lets somebody new sign in.
#[component]
pub fn AddPerson(
    /// Whether it takes two admins to make another one.
    two: bool,
) -> impl IntoView {
    let hint = two.then_some("A new admin is an auditor first, until another admin accepts them.");
    let sent = sent::<Add>();
    let role = Role::parse(&sent.text("role"));
    view! {
        <Section title="Add a person">
            <ErrorNote error={failure::<Add>()}/>
            <form class="form" method="post" action={post_to::<Add>()}>
                <TextField label="Name" name="name" value=sent.text("name") required=true most=100/>
                <TextField label="Email" name="email" value=sent.text("email") kind="email" required=true/>
                <Field label="Role" name="role" hint=hint.unwrap_or_default()>
                    <select name="role" required>
                        <option value="">"Choose"</option>
                        <RoleOptions chosen=role/>
                    </select>
                </Field>
                <NewPassword
                    label="First password"
                    hint="At least 12 characters. Give it to them yourself: Reins sends no mail."
                />
                <Submit label="Add person" tone=Tone::Accent/>
            </form>
        </Section>
    }
}
