use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::permissions::{
    choose::{Choose, Ticks},
    editing::Shared,
    form::{ClauseForm, condition_words},
    layers::ClauseBlanks,
};
use crate::ui::TextArea;

/// One condition: words with blanks between them, and a button that takes it away.
#[component]
pub fn ConditionLine(editing: Shared, at: usize, clause: ClauseForm) -> impl IntoView {
    let prefix = format!("rule[when][{at}]");
    let words = condition_words(&clause.kind).unwrap_or_default();
    let key = format!("{at} {}", clause.kind);
    let label = format!("condition {}", at + 1);
    view! {
        <li class="condition" data-key=key>
            <div class="phrase">
                <span class="condition-and">"and"</span>
                <Blanks editing prefix clause label/>
            </div>
            <button
                type="submit"
                class="button button-quiet button-row condition-drop"
                name="then"
                value=format!("drop:{at}")
                formnovalidate
            >
                "Remove"
                <span class="sr-only">" the condition: " {words}</span>
            </button>
        </li>
    }
}

#[component]
fn Blanks(editing: Shared, prefix: String, clause: ClauseForm, label: String) -> impl IntoView {
    let kind = clause.kind.clone();
    let hidden = view! { <input type="hidden" name=format!("{prefix}[kind]") value=kind.clone()/> };
    let trust = view! { <Trust prefix=prefix.clone() trust=clause.trust.clone() label=label.clone()/> };
    let spoken = |words: &'static str| view! { <span>{words}</span> };
    match kind.as_str() {
        "first_order" => view! { {hidden} {spoken("it is the customer’s first order,")} {trust} }.into_any(),
        "open_complaint" => view! { {hidden} {spoken("the customer has an open complaint,")} {trust} }.into_any(),
        "unknown_customer" => view! { {hidden} {spoken("the customer is unknown to the shop")} }.into_any(),
        "first_of_its_kind" => view! {
            {hidden} {spoken("nothing with this template has succeeded yet")}
        }
        .into_any(),
        "irreversible" => view! { {hidden} {spoken("it cannot always be undone")} }.into_any(),
        "touches" => view! {
            {hidden} {spoken("it touches on one of these topics")} <Topics editing prefix clause label/>
        }
        .into_any(),
        "template_not_in" => view! {
            {hidden} {spoken("its template is not one of")}
            <TextArea
                name=format!("{prefix}[templates]")
                value=clause.templates.clone()
                label=format!("Templates, one a line, {label}")
            />
        }
        .into_any(),
        "lifetime_value_over" => view! {
            {spoken("the customer’s lifetime value is over")} <ClauseBlanks editing prefix clause label/> <span>","</span> {trust}
        }
        .into_any(),
        "amount_over" => view! { {spoken("the amount is over")} <ClauseBlanks editing prefix clause label/> }.into_any(),
        _ => view! { {spoken("this makes more than")} <ClauseBlanks editing prefix clause label/> }.into_any(),
    }
}

/// Whether the agent's own word about the customer is enough.
#[component]
fn Trust(prefix: String, trust: String, label: String) -> impl IntoView {
    let options = vec![
        (String::new(), "as the shop knows it".to_owned()),
        ("agent".to_owned(), "the agent’s word is enough".to_owned()),
    ];
    view! { <Choose name=format!("{prefix}[trust]") label=format!("Whose word counts, {label}") options chosen=trust/> }
}

/// The topics that the shop has words for, and others.
#[component]
fn Topics(editing: Shared, prefix: String, clause: ClauseForm, label: String) -> impl IntoView {
    let known: BTreeSet<String> = editing.view.catalog.word_lists.keys().cloned().collect();
    let options: BTreeSet<String> = known.into_iter().chain(clause.topics.iter().cloned()).collect();
    let options: Vec<_> = options.into_iter().map(|topic| (topic.clone(), topic)).collect();
    let ticks = (!options.is_empty()).then(|| {
        let name = format!("{prefix}[topics][]");
        view! { <Ticks name legend=format!("Topics, {label}") options chosen=clause.topics/> }
    });
    view! {
        <span class="topics">
            {ticks}
            <input
                class="input blank blank-long"
                type="text"
                name=format!("{prefix}[others]")
                value=clause.others
                aria-label=format!("Other topics between commas, {label}")
                placeholder="Other topics, between commas"
                autocomplete="off"
            />
        </span>
    }
}
