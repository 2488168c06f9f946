use chrono::{DateTime, Utc};
use domain::{
    role::Capability,
    view::{Me, StopView},
};
use leptos::prelude::*;

use crate::{
    paths,
    ui::{Left, Reason, Submit, Tone, by_reader, words::list},
};

/// Who reads the page, and who may release.
#[derive(Clone, Debug)]
pub struct Releasers {
    pub me: Me,
    pub names: Vec<String>,
}

/// Ends the stop that is shown: with a reason and a confirmation, for those who may. Whoever pressed by mistake takes that
/// back in the same way.
#[component]
pub fn ReleaseForm(
    stop: StopView,
    /// What is stopped, within a sentence.
    what: String,
    confirm: String,
    releasers: Releasers,
    now: DateTime<Utc>,
) -> impl IntoView {
    let Releasers { me, names } = releasers;
    let until = stop.taken_back_until();
    let (label, hint) = match (me.role.can(Capability::Release), stop.may_be_taken_back(me.id, now)) {
        (true, _) => (format!("Release {what}"), None),
        (false, true) => {
            let hint = view! { <p>"You pressed this yourself. You can take it back; the time for that ends " <Left at=until now/> "."</p> };
            (format!("Take back my stop of {what}"), Some(hint))
        }
        (false, false) => {
            let who = match names.is_empty() {
                true => "An operator or an admin can release it.".to_owned(),
                false => format!("Who can release it: {}.", list(&names)),
            };
            return view! { <p class="quiet">{who}</p> }.into_any();
        }
    };
    view! {
        {hint}
        <details class="fold-plain">
            <summary>{format!("{label} …")}</summary>
            <form class="form" action=by_reader(&paths::release()) method="post">
                <input type="hidden" name="stop" value=stop.id.to_string() data-seen/>
                // What was not taken of it stands in the answer.
                <Reason label="Why it can go on" value="" required=true/>
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
