use domain::{
    entry::Kind,
    view::{RecordFilter, RecordPage},
};
use leptos::prelude::*;

use super::query::{DECISIONS, first_day, is_narrow, last_day};
use crate::{
    paths,
    ui::{Field, Submit, decision_words, words::label},
};

/// What to show of the record: a form that goes to the address of the answer.
#[component]
pub fn Filter(filter: RecordFilter, page: RecordPage) -> impl IntoView {
    let narrow = is_narrow(&filter);
    let agents = page.agents.into_iter().map(|agent| (agent.slug, agent.name)).collect();
    let people = page.people.into_iter().map(|person| (person.id.to_string(), person.name)).collect();
    let actions = page.actions.into_iter().map(|action| (action.clone(), label(&action))).collect();
    let kinds = Kind::ALL.iter().map(|kind| (kind.name().to_owned(), label(kind.words()))).collect();
    let decisions = DECISIONS.iter().map(|name| ((*name).to_owned(), decision_words(name).2.to_owned())).collect();
    view! {
        <details class="fold filter" open=narrow>
            <summary>{if narrow { "Filter (set)" } else { "Filter" }}</summary>
            <form method="get" action=paths::activity()>
                <div class="filter-fields">
                    <Choice label="Agent" name="agent" options=agents chosen=filter.agent/>
                    <Choice label="What happened" name="kind" options=kinds chosen=filter.kind.map(|kind| kind.name().to_owned())/>
                    <Choice label="Reins’ answer" name="decision" options=decisions chosen=filter.decision/>
                    <Choice label="Action" name="action" options=actions chosen=filter.action/>
                    <Choice label="Person" name="person" options=people chosen=filter.person.map(|id| id.to_string())/>
                    <Typed label="Customer" name="customer" kind="text" value=filter.customer/>
                    <Typed label="From (UTC)" name="from" kind="date" value=filter.from.map(first_day)/>
                    <Typed label="To, included (UTC)" name="to" kind="date" value=filter.to.map(last_day)/>
                </div>
                <div class="filter-end">
                    <Submit label="Show"/>
                    {narrow.then(|| view! { <a class="button button-quiet" href=paths::activity()>"Show everything"</a> })}
                </div>
            </form>
        </details>
    }
}

#[component]
fn Choice(
    label: &'static str,
    name: &'static str,
    /// What the address says, and what the reader sees.
    options: Vec<(String, String)>,
    chosen: Option<String>,
) -> impl IntoView {
    let chosen = chosen.unwrap_or_default();
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    view! {
        <Field label name>
            <select name=name>
                <option value="">"Any"</option>
                {options}
            </select>
        </Field>
    }
}

#[component]
fn Typed(label: &'static str, name: &'static str, kind: &'static str, value: Option<String>) -> impl IntoView {
    let value = value.unwrap_or_default();
    view! {
        <Field label name>
            <input class="input" type=kind name=name value=value autocomplete="off"/>
        </Field>
    }
}
