use chrono::{DateTime, Utc};
use domain::{
    id::StopId,
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
    pub tried: Option<ReleaseTried>,
}

/// In the context of the page that answers a release of a stop of which more was said than its form had seen.
#[derive(Clone, Debug)]
pub struct ReleaseTried {
    pub stop: StopId,
    pub reason: String,
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
    let Releasers { me, names, tried } = releasers;
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
    let tried = tried.filter(|tried| tried.stop == stop.id);
    let open = tried.is_some();
    view! {
        {hint}
        <details class="fold-plain" open=open>
            <summary>{format!("{label} …")}</summary>
            <form class="form" action=by_reader(&paths::release()) method="post">
                <input type="hidden" name="stop" value=stop.id.to_string() data-seen/>
                <input type="hidden" name="seen" value=stop.said.to_string() data-seen/>
                <Reason label="Why it can go on" value=tried.map(|tried| tried.reason).unwrap_or_default() required=true/>
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
