use domain::view::RequestView;
use leptos::prelude::*;

use super::{calls::Approve, decide::Bound, words};
use crate::ui::{Submit, TextField, Tone, busy};

/// Says yes to exactly this request.
#[component]
pub fn ApproveForm(request: RequestView, action: ServerAction<Approve>) -> impl IntoView {
    let label = words::approve(&request.row);
    view! {
        <ActionForm action attr:class="form card">
            <Bound request/>
            <TextField label="Note for the record, if you like" name="note" most=500/>
            <Submit label tone=Tone::Accent busy=busy(action)/>
        </ActionForm>
    }
}
