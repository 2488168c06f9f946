use domain::{
    id::RequestId,
    state::State,
    view::{Me, RequestView},
};
use leptos::prelude::*;

use super::{approve::ApproveForm, change::ChangeForm, reject::RejectForm, request::Actions, too_late::TooLate};
use crate::{
    error::UiError,
    ui::{ErrorNote, Notice, Section, Tone, each, failure},
};

/// The version of a request that the reader has before them.
pub type Seen = RwSignal<Option<(RequestId, String)>>;

/// The three answers, or why there is none to give.
#[component]
pub fn Decide(me: Me, request: RequestView, actions: Actions) -> impl IntoView {
    let open = matches!(request.row.state, State::Waiting | State::Frozen);
    let failures = [failure(actions.approve), failure(actions.change), failure(actions.reject)];
    let late = {
        let failures = failures.clone();
        ArcSignal::derive(move || failures.iter().find_map(|failure| failure.get().filter(is_late)))
    };
    let notes = failures.map(|failure| {
        let error = ArcSignal::derive(move || failure.get().filter(|error| !is_late(error)));
        view! { <ErrorNote error/> }
    });
    let told = view! { <TooLate me request=request.clone() error=late/> };
    let forms = open.then(|| match request.may_decide.clone() {
        // Other forms for another request or another version of it: what was typed for one is not sent for the other.
        Ok(()) => each(
            vec![request],
            |request| (request.row.id, request.digest.clone(), request.row.state),
            move |request| view! { <Forms request actions/> },
        )
        .into_any(),
        Err(why) => view! { <Notice tone=Tone::Neutral>{why}</Notice> }.into_any(),
    });
    // The notes stay when the forms are gone: whoever comes second reads why.
    view! {
        <div class="decide" id="decision">
            {notes}
            {told}
            {forms.map(|forms| view! { <Section title="Your decision">{forms}</Section> })}
        </div>
    }
}

fn is_late(error: &UiError) -> bool {
    *error == UiError::AlreadyDecided
}

#[component]
fn Forms(request: RequestView, actions: Actions) -> impl IntoView {
    let held = held_back(&request, actions.seen);
    let (hides_note, hides_forms, reread) = (held.clone(), held.clone(), held);
    let this = (request.row.id, request.digest.clone());
    let frozen = request.row.state == State::Frozen;
    view! {
        <div class="read-again" role="status">
            <div class="read-again-note" hidden=move || !hides_note.get()>
                <Notice tone=Tone::Waiting>
                    "This request was changed while you had it open. Read it again before you decide."
                </Notice>
                <button
                    type="button"
                    class="button button-neutral"
                    on:click=move |_| {
                        actions.seen.set(Some(this.clone()));
                        reread.set(false);
                    }
                >
                    "I have read it as it is now"
                </button>
            </div>
        </div>
        <div class="decisions" hidden=move || hides_forms.get()>
            {(!frozen)
                .then(|| {
                    view! {
                        <ApproveForm request=request.clone() action=actions.approve/>
                        <ChangeForm request=request.clone() action=actions.change/>
                    }
                })}
            <RejectForm request=request.clone() action=actions.reject/>
        </div>
    }
}

/// A yes or a no is bound to what the reader saw: a page that changes under their eyes holds the buttons back.
fn held_back(request: &RequestView, seen: Seen) -> ArcRwSignal<bool> {
    let (id, digest) = (request.row.id, request.digest.clone());
    let before = seen.get_untracked();
    let changed = before.as_ref().is_some_and(|(of, what)| *of == id && *what != digest);
    if !changed {
        Effect::new(move |_| seen.set(Some((id, digest.clone()))));
    }
    ArcRwSignal::new(changed)
}

/// Binds a form to the request as the reader sees it.
#[component]
pub fn Bound(request: RequestView) -> impl IntoView {
    view! {
        <input type="hidden" name="id" value=request.row.id.to_string()/>
        <input type="hidden" name="digest" value=request.digest/>
    }
}
