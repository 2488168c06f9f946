use domain::authoring::{
    draft::{DraftConflict, Proposal},
    risk::Severity,
};
use leptos::prelude::*;

use super::{
    calls::{Propose, Publish},
    risks::Accept,
    typed::{NoteKept, Typed},
};
use crate::{
    permissions::editing::Shared,
    ui::{Ago, Notice, Reason, Section, Submit, Tone, Written, post_to},
};

/// The note and the button; where it takes two, one proposes and another publishes.
#[component]
pub fn PublishForm(editing: Shared, own: bool, typed: Typed) -> impl IntoView {
    let may = &editing.view.may_publish;
    let blocked = editing.count(Severity::Wrong) > 0 || matches!(may, Err(DraftConflict::Superseded { .. }));
    let proposal = editing.view.draft.as_ref().and_then(|draft| draft.proposal.clone());
    let told = proposal.clone().map(|proposal| view! { <Proposed editing=editing.clone() proposal own/> });
    if !editing.view.may_edit {
        return view! {
            {told}
            <Notice tone=Tone::Neutral>"Only an admin publishes permissions."</Notice>
            <NoteKept typed/>
        }
        .into_any();
    }
    if blocked {
        return view! {
            {told}
            <Notice tone=Tone::Neutral>"It can be published once what stands above is mended."</Notice>
            <NoteKept typed/>
        }
        .into_any();
    }
    let form = match may {
        // Whoever has proposed it waits for another.
        Err(DraftConflict::OwnProposal) => view! { <NoteKept typed/> }.into_any(),
        Err(DraftConflict::NeedsProposal) => view! { <Proposing editing typed/> }.into_any(),
        _ => view! { <PublishingForm editing proposal typed/> }.into_any(),
    };
    view! { {told} {form} }.into_any()
}

#[component]
fn Proposed(editing: Shared, proposal: Proposal, own: bool) -> impl IntoView {
    let now = editing.view.now;
    let next = match (own, editing.view.two_to_publish) {
        (true, true) => "Another admin can publish it now. Changing the draft withdraws the proposal.",
        (false, true) => "Look at it as they did. You can publish it.",
        (_, false) => "Changing the draft withdraws the proposal.",
    };
    view! {
        <Notice tone=Tone::Accent>
            <p class="notice-title">
                "Proposed by " <Written text=proposal.stamp.by.name/> ", " <Ago at=proposal.stamp.at now/>
            </p>
            <p>"“" <Written text=proposal.note/> "”"</p>
            <p>{next}</p>
        </Notice>
    }
}

#[component]
fn Bound(editing: Shared) -> impl IntoView {
    let seen = editing.view.draft.as_ref().map(|draft| draft.seen.to_string()).unwrap_or_default();
    view! {
        <input type="hidden" name="agent" value=editing.slug.clone()/>
        <input type="hidden" name="seen" value=seen/>
        <input type="hidden" name="seen_by" value=editing.view.read_by.clone()/>
    }
}

#[component]
fn PublishingForm(editing: Shared, proposal: Option<Proposal>, typed: Typed) -> impl IntoView {
    let open = typed.proposing && !editing.view.two_to_publish;
    let (to_propose, typed) = if open { (typed, Typed::default()) } else { (Typed::default(), typed) };
    let version = editing.next_version();
    let already = proposal.map(|proposal| proposal.accepted).unwrap_or_default();
    let ask = (!editing.view.two_to_publish).then(|| {
        let editing = editing.clone();
        view! {
            <details class="fold" open=open>
                <summary>"Let another admin look first"</summary>
                <ProposeForm editing typed=to_propose/>
            </details>
        }
    });
    view! {
        <Section title="Publish it">
            <form class="form" method="post" action={post_to::<Publish>()}>
                <Bound editing=editing.clone()/>
                <Accept editing=editing.clone() already ticked=typed.accepted/>
                <Reason label="Why, for the record" name="note" value=typed.note required=true/>
                <div class="actions">
                    <Submit label=format!("Publish version {version}") tone=Tone::Accent/>
                </div>
                <p class="hint">"It counts from the next request on. The version before stays readable, and can be brought back."</p>
            </form>
        </Section>
        {ask}
    }
}

/// Where it takes two people.
#[component]
fn Proposing(editing: Shared, typed: Typed) -> impl IntoView {
    view! {
        <Section title="Propose it">
            <p class="quiet">"It takes two people to publish here: you propose it, another admin publishes it."</p>
            <ProposeForm editing typed/>
        </Section>
    }
}

#[component]
fn ProposeForm(editing: Shared, typed: Typed) -> impl IntoView {
    let version = editing.next_version();
    view! {
        <form class="form" method="post" action={post_to::<Propose>()}>
            <Bound editing=editing.clone()/>
            <Accept editing already=Vec::new() ticked=typed.accepted/>
            <Reason label="Why, for whoever looks at it" name="note" value=typed.note required=true/>
            <div class="actions">
                <Submit label=format!("Propose version {version}") tone=Tone::Accent/>
            </div>
        </form>
    }
}
