use domain::{
    id::RequestId,
    role::Capability,
    state::State,
    view::{Me, RequestView},
};
use leptos::prelude::*;

use super::calls::Settle;
use crate::ui::{ErrorNote, Field, Reason, Section, Submit, Tone, busy, each, failure};

/// For a request whose outcome nobody knows: a person looks it up and says.
#[component]
pub fn Settling(me: Me, request: RequestView, action: ServerAction<Settle>) -> impl IntoView {
    let may = request.row.state == State::Unknown && me.role.can(Capability::Settle);
    let unknown: Vec<RequestId> = may.then_some(request.row.id).into_iter().collect();
    let form = each(unknown, |id| *id, move |id| view! { <SettleForm id action/> });
    view! {
        <ErrorNote error=failure(action)/>
        {form}
    }
}

#[component]
fn SettleForm(id: RequestId, action: ServerAction<Settle>) -> impl IntoView {
    view! {
        <Section title="Settle it">
            <p>"Look in the outside system whether it happened. It is never tried again by itself."</p>
            <ActionForm action attr:class="form card">
                <input type="hidden" name="id" value=id.to_string()/>
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
}
