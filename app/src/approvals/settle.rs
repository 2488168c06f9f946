use domain::{
    role::Capability,
    state::State,
    view::{Me, RequestView},
};
use leptos::prelude::*;

use super::calls::Settle;
use crate::ui::{ErrorNote, Field, Reason, Section, Submit, Tone, busy, failure};

/// For a request whose outcome nobody knows: a person looks it up and says.
#[component]
pub fn SettleForm(me: Me, request: RequestView, action: ServerAction<Settle>) -> impl IntoView {
    let id = request.row.id.to_string();
    let may = request.row.state == State::Unknown && me.role.can(Capability::Settle);
    view! {
        <ErrorNote error=failure(action)/>
        {may
            .then(|| {
                view! {
                    <Section title="Settle it">
                        <p>"Look in the outside system whether it happened. It is never tried again by itself."</p>
                        <ActionForm action attr:class="form card">
                            <input type="hidden" name="id" value=id/>
                            <Field label="What happened" name="outcome">
                                <select name="outcome" required>
                                    <option value="">"Choose"</option>
                                    <option value="succeeded">"It was carried out"</option>
                                    <option value="failed">"It was not carried out"</option>
                                </select>
                            </Field>
                            <Reason label="How you know" required=true/>
                            <Submit label="Settle" tone=Tone::Accent busy=busy(action)/>
                        </ActionForm>
                    </Section>
                }
            })}
    }
}
