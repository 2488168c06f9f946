use leptos::prelude::*;

use crate::{
    paths,
    ui::{Reason, Submit, Tone},
};

/// Lets what is stopped go on: with a reason and a confirmation, for those who may.
#[component]
pub fn ReleaseForm(action: String, label: String, confirm: String, may_release: bool) -> impl IntoView {
    if !may_release {
        return view! { <p class="quiet">"An operator or an admin can release it."</p> }.into_any();
    }
    view! {
        <details class="fold-plain">
            <summary>{format!("{label} …")}</summary>
            <form class="form" action=action method="post">
                <input type="hidden" name="from" value=paths::stop()/>
                <Reason label="Why it can go on" required=true/>
                <label class="check">
                    <input type="checkbox" name="confirm" value="yes" required=true/>
                    <span>{confirm}</span>
                </label>
                <div class="actions">
                    <Submit label tone=Tone::Accent/>
                </div>
            </form>
        </details>
    }
    .into_any()
}
