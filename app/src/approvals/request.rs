use domain::{
    id::RequestId,
    sentence::visible,
    state::State,
    view::{Me, RequestView},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    breach::Breach,
    calls::{Approve, ChangeAndApprove, Reject, ResolveComplaint, RollBack, Settle, load_request},
    complete::Complete,
    decide::{Decide, Seen},
    knowledge::{History, Knowledge},
    needs::Needs,
    outcome::Outcome,
    own_words::OwnWords,
    resolve::Resolving,
    roll_back::RollingBack,
    settle::Settling,
    standing::Standing,
    timeline::Timeline,
};
use crate::{
    error::UiError,
    paths,
    ui::{DoneNote, Live, LoadedForMe, Section, use_live},
};

/// What can be done with a request, and what of it was seen. The page keeps these: they outlive the forms.
#[derive(Clone, Copy)]
pub struct Actions {
    pub approve: ServerAction<Approve>,
    pub change: ServerAction<ChangeAndApprove>,
    pub reject: ServerAction<Reject>,
    pub settle: ServerAction<Settle>,
    pub roll_back: ServerAction<RollBack>,
    pub resolve: ServerAction<ResolveComplaint>,
    pub seen: Seen,
}

impl Actions {
    fn new(live: Live, id: Memo<Option<RequestId>>) -> Self {
        Self {
            approve: followed(live, id),
            change: followed(live, id),
            reject: followed(live, id),
            settle: followed(live, id),
            roll_back: followed(live, id),
            resolve: followed(live, id),
            seen: RwSignal::new(None),
        }
    }
}

/// An action after which the page loads again, and whose answer does not follow the reader to another request.
fn followed<S>(live: Live, id: Memo<Option<RequestId>>) -> ServerAction<S>
where
    S: ServerFn<Error = UiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let action = ServerAction::<S>::new();
    live.follow(action);
    Effect::new(move |before: Option<Option<RequestId>>| {
        let now = id.get();
        if before.is_some_and(|before| before != now) {
            action.clear();
        }
        now
    });
    action
}

/// One request: what it is, and what to do about it.
#[component]
pub fn RequestPage() -> impl IntoView {
    let live = use_live();
    let params = use_params_map();
    let written = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let id = Memo::new(move |_| written.with(|id| id.parse().ok()));
    let actions = Actions::new(live, id);
    let request = live.resource(move || written.get(), load_request);
    view! {
        <DoneNote/>
        <LoadedForMe resource=request view=move |me, request| view! { <Request me request actions/> }/>
    }
}

#[component]
fn Request(me: Me, request: RequestView, actions: Actions) -> impl IntoView {
    let sentence = visible(&request.row.sentence);
    let undo = visible(&request.undo);
    let open = matches!(request.row.state, State::Waiting | State::Frozen);
    let to_the_decision = (open && request.may_decide.is_ok()).then(|| {
        view! {
            <p class="jump">
                <a href="#decision" rel="external">
                    "Go to your decision"
                </a>
            </p>
        }
    });
    // What there is to do stands beside the story on a wide screen.
    let beside = open || request.can_roll_back || request.can_resolve || request.row.state == State::Unknown;
    view! {
        <Title text=sentence.clone()/>
        <article class="request">
            <header class="page-title">
                <p class="eyebrow">
                    <a href=paths::approvals()>"Approvals"</a>
                    " · "
                    <a href=paths::agent(&request.row.agent.slug)>{request.row.agent.name.clone()}</a>
                    {if open { " asks to" } else { " asked to" }}
                </p>
                <h1>{sentence}</h1>
                <Standing request=request.clone()/>
                {to_the_decision}
            </header>
            <Breach request=request.clone()/>
            <div class="request-parts" class:request-beside=beside>
                <div class="request-story">
                    <Why request=request.clone()/>
                    <Knowledge request=request.clone()/>
                    <History request=request.clone()/>
                    <OwnWords ask=request.ask.clone()/>
                    <Section title="Can it be undone?">
                        <p>{undo}</p>
                    </Section>
                    <Outcome request=request.clone()/>
                </div>
                <div class="request-answer">
                    <Needs request=request.clone()/>
                    <Decide me=me.clone() request=request.clone() actions/>
                    <Settling me request=request.clone() action=actions.settle/>
                    <Resolving request=request.clone() action=actions.resolve/>
                    <RollingBack request=request.clone() action=actions.roll_back/>
                </div>
            </div>
            <Timeline request=request.clone()/>
            <Complete request/>
        </article>
    }
}

/// The rules that ask, in words.
#[component]
fn Why(request: RequestView) -> impl IntoView {
    let title = match request.row.decision.as_str() {
        "needs_approval" if matches!(request.row.state, State::Waiting | State::Frozen) => "Why it asks you",
        "needs_approval" => "Why it asked a person",
        _ => "Why Reins decided so",
    };
    let reasons: Vec<_> = request.reasons.iter().map(|reason| view! { <li>{visible(&reason.text)}</li> }).collect();
    (!reasons.is_empty()).then(|| {
        view! {
            <Section title>
                <ul class="reasons">{reasons}</ul>
            </Section>
        }
    })
}
