use domain::{
    sentence::visible,
    state::State,
    view::{Me, RequestView},
};
use governance::Error;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    breach::Breach,
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
    paths,
    server::{actor, governance},
    ui::{DoneNote, Section, Title, loaded},
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
    let sentence = visible(&request.row.sentence);
    let undo = visible(&request.undo);
    let open = matches!(request.row.state, State::Waiting | State::Frozen);
    let to_the_decision = (open && request.may_decide.is_ok()).then(|| {
        view! {
            <p class="jump">
                <a href="#decision">"Go to your decision"</a>
            </p>
        }
    });
    // What there is to do stands beside the story on a wide screen.
    let beside = open || request.can_roll_back || request.can_resolve || request.row.state == State::Unknown;
    let parts = if beside { "request-parts request-beside" } else { "request-parts" };
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
            <div class=parts>
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
                    <Decide me=me.clone() request=request.clone()/>
                    <Settling me request=request.clone()/>
                    <Resolving request=request.clone()/>
                    <RollingBack request=request.clone()/>
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
    let judged = request.permission_version.map(|version| {
        let href = paths::version(&request.row.agent.slug, version);
        view! { <p class="quiet">"Judged by " <a href=href>{format!("permission version {version}")}</a> "."</p> }
    });
    let reasons: Vec<_> = request.reasons.iter().map(|reason| view! { <li>{visible(&reason.text)}</li> }).collect();
    (!reasons.is_empty()).then(|| {
        view! {
            <Section title>
                <ul class="reasons">{reasons}</ul>
                {judged}
            </Section>
        }
    })
}
