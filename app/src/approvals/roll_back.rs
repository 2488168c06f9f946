use domain::{sentence::visible, view::RequestView};
use leptos::prelude::*;

use super::calls::RollBack;
use crate::ui::{ErrorNote, Reason, Submit, busy, failure};

/// Records that what was carried out has been undone.
#[component]
pub fn RollBackForm(request: RequestView, action: ServerAction<RollBack>) -> impl IntoView {
    let id = request.row.id.to_string();
    view! {
        <ErrorNote error=failure(action)/>
        {request
            .can_roll_back
            .then(|| {
                view! {
                    <details class="fold">
                        <summary>"Record that it was undone"</summary>
                        <p>{visible(&request.undo)}</p>
                        <p class="hint">"Reins undoes nothing by itself: undo it in the outside system first, then record it here."</p>
                        <ActionForm action attr:class="form">
                            <input type="hidden" name="id" value=id/>
                            <Reason label="Why, and how it was undone" required=true/>
                            <Submit label="Record as undone" busy=busy(action)/>
                        </ActionForm>
                    </details>
                }
            })}
    }
}
