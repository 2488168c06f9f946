//! What is seldom needed to make up a request.

use domain::{permission::Field, sentence::visible, words::label};
use islands::{
    fields::field,
    trying::{LEFT_OUT, READ_OF},
};
use leptos::prelude::*;

use super::{
    asked::Asked,
    blanks::{Amount, Number, Tick},
};
use crate::permissions::{choose::Choose, editing::Shared};

/// Unfolded where something in it is said already.
#[component]
pub fn More(editing: Shared, asked: Asked, currencies: Vec<(String, String)>) -> impl IntoView {
    let open = is_said(&asked);
    view! {
        <details class="fold" data-key="more" open=open>
            <summary>"More that can matter"</summary>
            <div class="form more">
                <Reads editing=editing.clone() asked=asked.clone()/>
                <LeftOut asked=asked.clone()/>
                <Happened editing asked=asked.clone()/>
                <AgentSays asked currencies/>
            </div>
        </details>
    }
}

fn is_said(asked: &Asked) -> bool {
    let seldom = ["reads/", "without/", "breaker", "other-customer", "has-succeeded", "recorded-complaints"];
    let own_words = ["orders", "worth", "complaints"];
    asked.fields.iter().any(|(name, text)| {
        let is_one = seldom.iter().any(|part| name.starts_with(part)) || own_words.contains(&name.as_str());
        is_one && !text.is_empty()
    })
}

#[component]
fn Reads(editing: Shared, asked: Asked) -> impl IntoView {
    let mut options = vec![(String::new(), "not said".to_owned())];
    options.extend(READ_OF.map(|(name, words)| (name.to_owned(), words.to_owned())));
    let rows: Vec<_> = editing
        .view
        .catalog
        .data_sets
        .iter()
        .map(|set| {
            let name = format!("reads/{}", set.name);
            let (chosen, called) = (asked.text(&name), visible(&set.label));
            view! {
                <li class="read-of" data-key=name.clone()>
                    <span>{called.clone()}</span>
                    <Choose name=field(&name) label=called options=options.clone() chosen/>
                </li>
            }
        })
        .collect();
    view! {
        <fieldset class="fields">
            <legend>"Which data it rests on"</legend>
            <p class="field-hint">
                "The data of its action counts in any case: of this customer, where nothing else is said here."
            </p>
            <ul class="reads-of">{rows}</ul>
        </fieldset>
    }
}

#[component]
fn LeftOut(asked: Asked) -> impl IntoView {
    let names = LEFT_OUT.iter().chain([&Field::Topics]).map(|one| one.name());
    let ticks: Vec<_> = names
        .map(|name| {
            let words = label(name);
            view! { <Tick asked=asked.clone() name=format!("without/{name}") words/> }
        })
        .collect();
    view! {
        <fieldset class="fields">
            <legend>"What it leaves out"</legend>
            <div class="checks">{ticks}</div>
        </fieldset>
    }
}

#[component]
fn Happened(editing: Shared, asked: Asked) -> impl IntoView {
    let breaker = asked.action.integration.clone().map(|slug| {
        let known = editing.view.catalog.integrations.iter().find(|one| one.slug == slug);
        let called = visible(known.map_or(slug.as_str(), |one| &one.name));
        view! { <Tick asked=asked.clone() name="breaker" words=format!("The circuit breaker of {called} is open")/> }
    });
    view! {
        <fieldset class="fields">
            <legend>"What else is so"</legend>
            <Tick asked=asked.clone() name="other-customer" words="What set it off has led to a request for another customer already"/>
            <Tick asked=asked.clone() name="has-succeeded" words="A request with this template has succeeded before"/>
            {breaker}
            <Number asked name="recorded-complaints" label="Open complaints that Reins itself was told of"/>
        </fieldset>
    }
}

/// Rules may trust the agent's word about the customer.
#[component]
fn AgentSays(asked: Asked, currencies: Vec<(String, String)>) -> impl IntoView {
    view! {
        <fieldset class="fields">
            <legend>"What the agent says of the customer"</legend>
            <p class="field-hint">"It counts only where a rule says that the agent’s word is enough."</p>
            <div class="form-row">
                <Number asked=asked.clone() name="orders" label="Orders in its words"/>
                <Number asked=asked.clone() name="complaints" label="Open complaints in its words"/>
                <Amount asked name="worth" label="Lifetime value in its words" currencies/>
            </div>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::action::ActionType;

    #[test]
    fn what_is_said_of_it_unfolds_it() {
        let asked = |pairs: &[(&str, &str)]| Asked {
            action: ActionType::data_read(),
            fields: pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
        };
        for closed in [&[][..], &[("reads/orders", "")], &[("brand/orders", "3")], &[("worth/currency", "USD")]] {
            assert!(!is_said(&asked(closed)), "{closed:?}");
        }
        for open in [("reads/orders", "other"), ("without/model", "on"), ("orders", "1"), ("breaker", "on")] {
            assert!(is_said(&asked(&[open])), "{open:?}");
        }
    }
}
