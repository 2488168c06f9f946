use domain::{sentence::visible, view::RequestView};
use leptos::prelude::*;

use super::{calls::RollBack, wrote::Wrote};
use crate::ui::{ErrorNote, Reason, Submit, failure, post_to};

/// For what was carried out and can be undone.
#[component]
pub fn RollingBack(request: RequestView) -> impl IntoView {
    let form = request.can_roll_back.then(|| {
        let wrote = Wrote::into::<RollBack>().text;
        let failed = !wrote.is_empty();
        view! {
            <details class="fold" open=failed>
                <summary>"Record that it was undone"</summary>
                <p>{visible(&request.undo)}</p>
                <p class="hint">
                    "Reins undoes nothing by itself: undo it in the outside system first, then record it here."
                </p>
                <form class="form" method="post" action={post_to::<RollBack>()}>
                    <input type="hidden" name="id" value=request.row.id.to_string() data-seen/>
                    <Reason label="Why, and how it was undone" value=wrote required=true/>
                    <Submit label="Record as undone"/>
                </form>
            </details>
        }
    });
    view! {
        <ErrorNote error={failure::<RollBack>()}/>
        {form}
    }
}
