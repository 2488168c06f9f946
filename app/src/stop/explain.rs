use domain::view::StopView;
use leptos::prelude::*;

use super::calls::ExplainStop;
use crate::ui::{Reason, Submit, post_to, sent};

/// Adds a reason to a stop that was pressed without one, as it should be when it is urgent.
#[component]
pub fn Explain(stop: StopView) -> impl IntoView {
    stop.reason.is_empty().then(|| {
        let sent = sent::<ExplainStop>().about("stop", &stop.id.to_string());
        view! {
            <details class="fold-plain" open=sent.is_some()>
                <summary>"Say why it is stopped"</summary>
                <form class="form" method="post" action={post_to::<ExplainStop>()}>
                    <input type="hidden" name="stop" value=stop.id.to_string()/>
                    <Reason label="Why it is stopped" value=sent.text("reason") required=true/>
                    <div class="actions">
                        <Submit label="Add the reason"/>
                    </div>
                </form>
            </details>
        }
    })
}
