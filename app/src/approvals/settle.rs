use domain::{
    role::Capability,
    state::State,
    view::{Me, RequestView},
};
use leptos::prelude::*;

use super::{calls::Settle, wrote::Wrote};
use crate::ui::{ErrorNote, Field, Reason, Section, Submit, Tone, failure, post_to};

/// For a request whose outcome nobody knows: a person looks it up and says.
#[component]
pub fn Settling(me: Me, request: RequestView) -> impl IntoView {
    let may = request.row.state == State::Unknown && me.role.can(Capability::Settle);
    let form = may.then(|| {
        view! {
            <Section title="Settle it">
                <p>"Look in the outside system whether it happened. It is never tried again by itself."</p>
                <form class="form card" method="post" action={post_to::<Settle>()}>
                    <input type="hidden" name="id" value=request.row.id.to_string()/>
                    <Field label="What happened" name="outcome">
                        <select name="outcome" required>
                            <option value="">"Choose"</option>
                            <option value="succeeded">"It was carried out"</option>
                            <option value="failed">"It was not carried out"</option>
                        </select>
                    </Field>
                    <Reason label="How you know" value={Wrote::into::<Settle>().text} required=true/>
                    <Submit label="Settle" tone=Tone::Accent/>
                </form>
            </Section>
        }
    });
    view! {
        <ErrorNote error={failure::<Settle>()}/>
        {form}
    }
}
