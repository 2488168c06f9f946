use domain::view::RequestView;
use leptos::prelude::*;

use super::{calls::Reject, decide::Bound, wrote::Wrote};
use crate::ui::{Reason, Submit, post_to};

/// Says no, and why.
#[component]
pub fn RejectForm(request: RequestView) -> impl IntoView {
    let wrote = Wrote::into::<Reject>();
    view! {
        <form class="form card" method="post" action={post_to::<Reject>()}>
            <Bound request/>
            <Reason label="Why not" hint="The agent is told, and it goes into the record." value=wrote.text required=true/>
            <Submit label="Reject"/>
        </form>
    }
}
