use std::sync::Arc;

use domain::{
    decision::{Decision, Verdict},
    sentence::Names,
};
use leptos::{
    html::Div,
    prelude::*,
    web_sys::{FormData, HtmlFormElement},
};
use wasm_bindgen::JsCast;

use super::{
    Bench, Ready, judge,
    words::{badge, happens, reason},
};
use crate::{Said, changes::sent, fields::Fields};

/// What the form around it would be answered, by each permission set; while somebody types.
#[island]
pub fn Answers(
    /// A [`Bench`], as it is [given](crate::given).
    bench: String,
    /// What the form says as the server has drawn it.
    fields: Fields,
) -> impl IntoView {
    let place = NodeRef::<Div>::new();
    let Some(bench) = serde_json::from_str::<Bench>(&bench).ok().map(|bench| Arc::new(bench.ready())) else {
        return ().into_any();
    };
    let judged = RwSignal::new(judge(&bench, &fields));
    let called = bench.clone();

    Effect::new(move |_| {
        let Some(form) = place.get().and_then(|place| place.closest("form").ok().flatten()) else { return };
        let Ok(form) = form.dyn_into::<HtmlFormElement>() else { return };
        let (bench, read) = (bench.clone(), form.clone());
        let hear = move || match chosen(&read).is_some_and(|action| action != bench.action.name) {
            // Another action has other fields, which the server draws.
            true => _ = read.request_submit(),
            false => judged.set(judge(&bench, &sent(&read))),
        };
        // What was typed before the page came alive counts as well.
        hear();
        let hear = wasm_bindgen::closure::Closure::<dyn Fn()>::new(hear).into_js_value();
        for event in ["input", "change"] {
            // An element takes any listener.
            _ = form.add_event_listener_with_callback(event, hear.unchecked_ref());
        }
    });

    view! {
        <div class="answers" aria-live="polite" node_ref=place>
            <p class="answers-what">{move || view! { <Said text=judged.get().sentence/> }}</p>
            <div class="answers-sides">{move || sides(judged.get().decisions, &called)}</div>
        </div>
    }
    .into_any()
}

/// The action that the form asks for.
fn chosen(form: &HtmlFormElement) -> Option<String> {
    FormData::new_with_form(form).ok()?.get("action").as_string()
}

/// One answer where all agree, otherwise each.
fn sides(decisions: Vec<(String, Decision)>, bench: &Ready) -> Vec<AnyView> {
    let names = &bench.names;
    let agree = decisions.windows(2).all(|pair| pair[0].1 == pair[1].1);
    match (agree, decisions.as_slice()) {
        (true, [(first, decision), (second, _)]) => {
            vec![answer(format!("{first} and {}: the same answer", lower(second)), decision, names)]
        }
        _ => decisions.iter().map(|(title, decision)| answer(title.clone(), decision, names)).collect(),
    }
}

fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn answer(title: String, decision: &Decision, names: &Names) -> AnyView {
    let (tone, icon, word) = badge(&decision.verdict);
    let lines: Vec<_> =
        happens(&decision.verdict, names).into_iter().map(|line| view! { <p><Said text=line/></p> }).collect();
    let reasons: Vec<_> = decision.reasons.iter().map(|one| view! { <li><Said text=reason(one)/></li> }).collect();
    let why = match (reasons.is_empty(), &decision.verdict) {
        (true, Verdict::Allowed) => view! { <p class="quiet">"No rule asks, and no limit is reached."</p> }.into_any(),
        (true, _) => ().into_any(),
        _ => view! { <ul class="reasons">{reasons}</ul> }.into_any(),
    };
    view! {
        <div class="card answer" data-verdict=decision.verdict.name()>
            <h2>{title}</h2>
            <p>
                <span class=format!("badge badge-{tone}")>
                    <svg class="icon" aria-hidden="true" focusable="false">
                        <use_ href=format!("/icons.svg#{icon}")/>
                    </svg>
                    {word}
                </span>
            </p>
            {lines}
            {why}
        </div>
    }
    .into_any()
}
