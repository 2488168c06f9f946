use domain::view::RequestView;
use leptos::prelude::*;

use super::{calls::Approve, decide::Bound, words, wrote::Wrote};
use crate::ui::{Reason, Submit, Tone, post_to};

/// Says yes to exactly this request.
#[component]
pub fn ApproveForm(request: RequestView) -> impl IntoView {
    let label = words::approve(&request.row);
    let wrote = Wrote::into::<Approve>();
    view! {
        <form class="form card" method="post" action={post_to::<Approve>()}>
            <Bound request/>
            <Reason label="Note for the record, if you like" name="note" value=wrote.text/>
            <Submit label tone=Tone::Accent/>
        </form>
    }
}
