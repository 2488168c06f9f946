use leptos::prelude::*;

use super::calls::AddQueue as Add;
use crate::ui::{ErrorNote, Field, Section, Submit, TextField, Tone, failure, post_to, sent};

/// Makes a queue that rules can send requests to.
#[component]
pub fn AddQueue() -> impl IntoView {
    let sent = sent::<Add>();
    view! {
        <Section title="Add a queue">
            <ErrorNote error={failure::<Add>()}/>
            <form class="form" method="post" action={post_to::<Add>()}>
                <TextField label="Name" name="name" value=sent.text("name") hint="As people read it: CS leads" required=true most=100/>
                <Field label="Short name" name="slug" hint="As rules name it: small letters, digits and hyphens, such as cs-leads">
                    <input
                        class="input"
                        type="text"
                        name="slug"
                        value=sent.text("slug")
                        required
                        maxlength="40"
                        pattern="[a-z0-9]([a-z0-9\\-]*[a-z0-9])?"
                        title="Small letters, digits and hyphens, such as cs-leads"
                        autocomplete="off"
                    />
                </Field>
                <Submit label="Add queue" tone=Tone::Accent/>
            </form>
        </Section>
    }
}
