use domain::view::RequestView;
use leptos::prelude::*;

use super::{calls::Approve, decide::Bound, words};
use crate::ui::{Submit, TextField, Tone, post_to};

/// Says yes to exactly this request.
#[component]
pub fn ApproveForm(request: RequestView) -> impl IntoView {
    let label = words::approve(&request.row);
    view! {
        <form class="form card" method="post" action={post_to::<Approve>()}>
            <Bound request/>
            <TextField label="Note for the record, if you like" name="note" most=500/>
            <Submit label tone=Tone::Accent/>
        </form>
    }
}
