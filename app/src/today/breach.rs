use chrono::{DateTime, Utc};
use domain::view::BreachView;
use leptos::{form::ActionForm, prelude::*};

use super::calls::SettleBreach;
use crate::{
    paths,
    ui::{Ago, Reason, Submit, Tag, Tone, busy},
};

/// An outcome that came without a grant: somebody has to say what happened.
#[component]
pub fn BreachTask(
    breach: BreachView,
    now: DateTime<Utc>,
    may_settle: bool,
    action: ServerAction<SettleBreach>,
) -> impl IntoView {
    let detail = (!breach.detail.is_empty()).then(|| view! { <p class="quiet">{breach.detail}</p> });
    let settle = may_settle.then(|| {
        view! {
            <details class="fold-plain">
                <summary>"Settle this breach"</summary>
                <ActionForm action>
                    <div class="form">
                        <input type="hidden" name="entry" value=breach.entry.to_string()/>
                        <Reason label="What happened, and what was done about it" required=true/>
                        <div class="actions">
                            <Submit label="Settle the breach" tone=Tone::Accent busy=busy(action)/>
                        </div>
                    </div>
                </ActionForm>
            </details>
        }
    });
    let who = (!may_settle).then(|| view! { <p class="quiet">"An operator, a manager or an admin settles this."</p> });

    view! {
        <li class="card task">
            <div class="task-text">
                <Tag tone=Tone::Bad text="Breach"/>
                <p>
                    <a href=paths::agent(&breach.agent.slug)>{breach.agent.name}</a>
                    " reported an outcome without leave, "
                    <Ago at=breach.at now/>
                    ": "
                    <a href=paths::request(breach.request)>{breach.sentence}</a>
                </p>
                {detail}
                {who}
            </div>
            {settle}
        </li>
    }
}
