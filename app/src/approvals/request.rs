use domain::{
    decision::{Layer, Reason},
    sentence::{plain, visible},
    state::State,
    view::{Me, RequestView},
};
use governance::Error;
use islands::{Said, difference::differences};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    breach::Breach,
    calls::{Approve, ChangeAndApprove, Reject},
    complete::Complete,
    decide::Decide,
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
    server::{actor, governance},
    ui::{DoneNote, Due, Notice, Section, Title, Tone, failure, loaded, said},
};

/// One request: what it is, and what to do about it.
#[component]
pub fn RequestPage() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    let page = async move {
        let actor = actor().await?;
        // What is no id is of no request.
        let id = id.parse().map_err(|_| Error::NotFound)?;
        let request = governance()?.request(&actor, id).await?;
        let me = actor.person()?.clone();
        Ok(view! { <Request me request/> })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

#[component]
fn Request(me: Me, request: RequestView) -> impl IntoView {
    let sentence = request.row.sentence.clone();
    let undo = request.undo.clone();
    let open = matches!(request.row.state, State::Waiting | State::Frozen);
    let to_the_decision = (open && request.may_decide.is_ok()).then(|| {
        view! {
            <p class="jump">
                <a href="#decision">"Go to your decision"</a>
            </p>
        }
    });
    let now = request.now;
    let next = request.next.clone().map(|next| {
        view! {
            <p class="jump">
                "Next for you: " <a href=paths::request(next.id)><Said text=next.sentence/></a>
                {next.deadline.map(|at| view! { ", " <Due at now still=next.still/> })}
            </p>
        }
    });
    // What there is to do stands beside the story on a wide screen.
    let beside = open || request.can_roll_back || request.can_resolve || request.can_settle;
    let parts = if beside { "request-parts request-beside" } else { "request-parts" };
    view! {
        <Title text=plain(&sentence)/>
        <article class="request">
            <header class="page-title">
                <p class="eyebrow">
                    <a href=paths::approvals()>"Approvals"</a>
                    " · "
                    <a href=paths::agent(&request.row.agent.slug)>{request.row.agent.name.clone()}</a>
                    {if open { " asks to" } else { " asked to" }}
                </p>
                <h1><Said text=sentence/></h1>
                <Changed request=request.clone()/>
                <Erased request=request.clone()/>
                <Standing request=request.clone()/>
                <NotDone/>
                {to_the_decision}
                {next}
            </header>
            <Breach request=request.clone()/>
            <div class=parts>
                <div class="request-story">
                    <Why request=request.clone()/>
                    <Knowledge request=request.clone()/>
                    <History request=request.clone()/>
                    {(!request.erased).then(|| view! { <OwnWords ask=request.ask.clone() changed=request.asked.is_some()/> })}
                    <Section title="Can it be undone?">
                        <p>{visible(&undo)}</p>
                    </Section>
                    <Outcome request=request.clone()/>
                </div>
                <div class="request-answer">
                    <Needs request=request.clone()/>
                    <Decide me=me.clone() request=request.clone()/>
                    <Settling request=request.clone()/>
                    <Resolving request=request.clone()/>
                    <RollingBack request=request.clone()/>
                </div>
            </div>
            <Timeline request=request.clone()/>
            <Complete request/>
        </article>
    }
}

/// What was asked, where people have made something else of it, and what differs.
#[component]
fn Changed(request: RequestView) -> impl IntoView {
    let asked = request.asked?;
    let lines = differences(&asked.arguments, &request.ask.arguments);
    let lines = lines.into_iter().map(|line| view! { <li><Said text=line/></li> }).collect_view();
    Some(view! {
        <div class="was-changed">
            <p>"Changed by people. Asked was: “" <Said text=asked.sentence/> "”"</p>
            <ul>{lines}</ul>
        </div>
    })
}

/// That what was asked is gone, and what that means.
#[component]
fn Erased(request: RequestView) -> impl IntoView {
    let open = matches!(request.row.state, State::Waiting | State::Frozen | State::Approved);
    request.erased.then(|| {
        view! {
            <Notice tone=Tone::Neutral>
                "The customer was erased, and with them what was asked and why. What happened to it is below."
                {open.then_some(" Nobody can approve it or come for it any more.")}
            </Notice>
        }
    })
}

/// At the top, that what was sent was not done; why stands where it was written.
#[component]
fn NotDone() -> impl IntoView {
    let (yes, change, no) = (failure::<Approve>(), failure::<ChangeAndApprove>(), failure::<Reject>());
    let what = if no.is_some() { "Not rejected." } else { "Not approved." };
    // Who decided it before is told beside it.
    let error = yes.or(change).or(no).filter(|error| *error != UiError::AlreadyDecided);
    view! {
        <div class="not-done" data-said=said()>
            {error
                .map(|error| {
                    view! {
                        <Notice tone=Tone::Bad>
                            <p class="notice-title">{what} " " {error.what()}</p>
                            <p>
                                <a href="#decision">"See why, and what you wrote"</a>
                            </p>
                        </Notice>
                    }
                })}
        </div>
    }
}

/// The rules that ask, in words.
#[component]
fn Why(request: RequestView) -> impl IntoView {
    let open = matches!(request.row.state, State::Waiting | State::Frozen);
    let title = match request.row.decision.as_str() {
        "needs_approval" if open && request.may_decide.is_ok() => "Why it asks you",
        "needs_approval" if open => "Why it asks a person",
        "needs_approval" => "Why it asked a person",
        _ => "Why Reins decided so",
    };
    let judged = request.permission_version.map(|version| {
        let href = paths::version(&request.row.agent.slug, version);
        view! { <p class="quiet">"Judged by " <a href=href>{format!("permission version {version}")}</a> "."</p> }
    });
    // Who would have been asked is no reason for a denial.
    let asks = |reason: &Reason| reason.layer == Layer::ApprovalThresholds;
    let denied = request.row.decision == "denied" && !request.reasons.iter().all(asks);
    let reasons: Vec<_> = request
        .reasons
        .iter()
        .filter(|reason| !denied || !asks(reason))
        .map(|reason| view! { <li><Said text=reason.text.clone()/></li> })
        .collect();
    let of_before = request.asked.is_some().then(|| {
        view! { <p class="hint">"These are the reasons as it was asked. It was judged again as it was changed: who has to agree now stands under “Who has to agree”."</p> }
    });
    (!reasons.is_empty()).then(|| {
        view! {
            <Section title>
                <ul class="reasons">{reasons}</ul>
                {of_before}
                {judged}
            </Section>
        }
    })
}
