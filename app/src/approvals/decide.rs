use domain::{
    sentence::plain,
    state::State,
    view::{Me, RequestView, approvals::InVain},
};
use islands::{Said, difference::differences, fields::changed};
use leptos::prelude::*;

use super::{
    approve::ApproveForm,
    calls::{Approve, ChangeAndApprove, Reject, ResolveComplaint, RollBack, Settle},
    change::{ChangeForm, may_be_changed},
    reject::RejectForm,
    too_late::TooLate,
    wrote::{KeptWords, Wrote},
};
use crate::{
    error::UiError,
    ui::{ErrorNote, Notice, Section, Tone, failure},
};

/// The three answers, or why there is none to give.
#[component]
pub fn Decide(me: Me, request: RequestView) -> impl IntoView {
    let open = matches!(request.row.state, State::Waiting | State::Frozen);
    let failures = [failure::<Approve>(), failure::<ChangeAndApprove>(), failure::<Reject>()];
    let late = failures.contains(&Some(UiError::AlreadyDecided));
    let told = view! { <TooLate me request=request.clone() late/> };
    let may = open && request.may_decide.is_ok();
    let frozen = request.row.state == State::Frozen;
    let can_approve = may && !frozen && request.in_vain.is_none();
    let can_change = may && !frozen && may_be_changed(&request);
    let [of_approval, of_change, of_rejection] = failures;
    // A change says by itself, beside its fields, why it was not taken.
    let notes = [of_approval, of_change.filter(|_| !can_change), of_rejection].map(|error| {
        let error = error.filter(|error| *error != UiError::AlreadyDecided);
        view! { <ErrorNote error/> }
    });
    let forms = open.then(|| match request.may_decide.clone() {
        Ok(()) => view! { <Forms request=request.clone()/> }.into_any(),
        Err(why) => view! { <Notice tone=Tone::Neutral>{why}</Notice> }.into_any(),
    });
    let (approval, change, rejection) =
        (Wrote::into::<Approve>(), Wrote::into::<ChangeAndApprove>(), Wrote::into::<Reject>());
    let mut words = Vec::new();
    words.extend((!can_approve).then_some(approval.text));
    words.extend((!can_change).then(|| changes(&request, &change)));
    words.extend((!can_change).then_some(change.text));
    words.extend((!may).then_some(rejection.text));
    words.extend((!request.can_settle).then(|| Wrote::into::<Settle>().text));
    words.extend((!request.can_resolve).then(|| Wrote::into::<ResolveComplaint>().text));
    words.extend((!request.can_roll_back).then(|| Wrote::into::<RollBack>().text));
    // The notes stay when the forms are gone: whoever comes second reads why.
    view! {
        <div class="decide" id="decision">
            {notes}
            {told}
            <KeptWords words/>
            {forms.map(|forms| view! { <Section title="Your decision">{forms}</Section> })}
        </div>
    }
}

/// The changes that somebody wanted, in words.
fn changes(request: &RequestView, wrote: &Wrote) -> String {
    let (Some(schema), false) = (&request.schema, wrote.fields.is_empty()) else { return String::new() };
    let asked = request.asked.as_ref().map_or(&request.ask.arguments, |asked| &asked.arguments);
    plain(&differences(asked, &changed(schema, &wrote.fields, asked)).join(" "))
}

/// A yes or a no is bound to what the reader saw: when that changes under their eyes, the client holds the forms back.
#[component]
fn Forms(request: RequestView) -> impl IntoView {
    let frozen = request.row.state == State::Frozen;
    let version = request.digest.clone();
    view! {
        <div class="read-again" role="status">
            <div class="read-again-note" id="read-again" data-client hidden>
                <Notice tone=Tone::Waiting>
                    "This request was changed while you had it open. Read it again before you decide."
                </Notice>
                <button type="button" class="button button-neutral">
                    "I have read it as it is now"
                </button>
            </div>
        </div>
        // Other forms for another version: what was typed for one is not sent for the other.
        <div class="decisions" data-key=version.clone() data-version=version>
            {frozen
                .then(|| {
                    let agent = request.row.agent.name.clone();
                    view! { <Notice tone=Tone::Neutral>{agent} " is stopped: it can be rejected, but not approved."</Notice> }
                })}
            {request.in_vain.clone().map(|why| view! { <Vain why/> })}
            {(!frozen && request.in_vain.is_none()).then(|| view! { <ApproveForm request=request.clone()/> })}
            {(!frozen).then(|| view! { <ChangeForm request=request.clone()/> })}
            <RejectForm request/>
        </div>
    }
}

/// That a yes would lead nowhere, why, and what to do.
#[component]
fn Vain(why: InVain) -> impl IntoView {
    let then = match why {
        InVain::Whatever(_) => "Nobody can approve it. Reject it, and the agent learns that it has to ask anew.",
        InVain::AsItIs(_) => {
            "Nobody can approve it like this. Reject it, or change it into what the rules let through."
        }
    };
    view! {
        <Notice tone=Tone::Waiting>
            <p><Said text=why.words().to_owned()/> " " {then}</p>
        </Notice>
    }
}

/// Binds a form to the request as the reader sees it.
#[component]
pub fn Bound(request: RequestView) -> impl IntoView {
    view! {
        <input type="hidden" name="id" value=request.row.id.to_string()/>
        <input type="hidden" name="digest" value=request.digest/>
    }
}
