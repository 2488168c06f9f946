use domain::{id::RequestId, sentence::visible, view::RequestView};
use leptos::prelude::*;

use super::calls::RollBack;
use crate::ui::{ErrorNote, Reason, Submit, busy, each, failure};

/// For what was carried out and can be undone.
#[component]
pub fn RollingBack(request: RequestView, action: ServerAction<RollBack>) -> impl IntoView {
    let undo = visible(&request.undo);
    let undoable: Vec<RequestId> = request.can_roll_back.then_some(request.row.id).into_iter().collect();
    let form = each(undoable, |id| *id, move |id| view! { <RollBackForm id undo=undo.clone() action/> });
    view! {
        <ErrorNote error=failure(action)/>
        {form}
    }
}

#[component]
fn RollBackForm(id: RequestId, undo: String, action: ServerAction<RollBack>) -> impl IntoView {
    view! {
        <details class="fold">
            <summary>"Record that it was undone"</summary>
            <p>{undo}</p>
            <p class="hint">
                "Reins undoes nothing by itself: undo it in the outside system first, then record it here."
            </p>
            <ActionForm action attr:class="form">
                <input type="hidden" name="id" value=id.to_string()/>
                <Reason label="Why, and how it was undone" required=true/>
                <Submit label="Record as undone" busy=busy(action)/>
            </ActionForm>
        </details>
    }
}
