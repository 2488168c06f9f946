use domain::view::RequestView;
use leptos::prelude::*;

use super::{calls::Reject, decide::Bound};
use crate::ui::{Reason, Submit, busy};

/// Says no, and why.
#[component]
pub fn RejectForm(request: RequestView, action: ServerAction<Reject>) -> impl IntoView {
    view! {
        <ActionForm action attr:class="form card">
            <Bound request/>
            <Reason label="Why not" hint="The agent is told, and it goes into the record." required=true/>
            <Submit label="Reject" busy=busy(action)/>
        </ActionForm>
    }
}
