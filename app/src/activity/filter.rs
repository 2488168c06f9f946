use chrono::NaiveDate;
use domain::{
    entry::Kind,
    sentence::visible,
    view::{RecordFilter, RecordPage},
};
use leptos::prelude::*;

use super::query::{DECISIONS, is_narrow};
use crate::{
    paths,
    ui::{
        Choice, Field, Submit, decision_words,
        words::{apart, label},
    },
};

/// What to show of the record: a form that goes to the address of the answer.
#[component]
pub fn Filter(filter: RecordFilter, page: RecordPage) -> impl IntoView {
    let narrow = is_narrow(&filter);
    let zone = page.time_zone;
    let agents: Options = page.agents.into_iter().map(|agent| (agent.slug, agent.name)).collect();
    let people: Options = page.people.into_iter().map(|person| (person.id.to_string(), person.name)).collect();
    let actions: Options = apart(page.actions.iter().map(|(name, label)| (name.as_str(), label.as_str())));
    let kinds: Options = Kind::ALL.iter().map(|kind| (kind.name().to_owned(), label(kind.words()))).collect();
    let decisions: Options =
        DECISIONS.iter().map(|name| ((*name).to_owned(), decision_words(name).2.to_owned())).collect();
    let kind = filter.kind.map(|kind| kind.name().to_owned());
    let person = filter.person.map(|id| id.to_string());
    let day = |day: NaiveDate| day.format("%-d %B %Y").to_string();
    let days = (filter.from.is_some() || filter.to.is_some()).then(|| zone.clone());
    let set = [
        ("Agent", words_of(&agents, &filter.agent)),
        ("What happened", words_of(&kinds, &kind)),
        ("Reins’ answer", words_of(&decisions, &filter.decision)),
        ("Action", words_of(&actions, &filter.action)),
        ("Person", words_of(&people, &person)),
        ("Customer", filter.customer.as_deref().map(visible)),
        ("From", filter.from.map(day)),
        ("To", filter.to.map(day)),
        ("Days in", days),
    ];
    let set: Vec<String> = set.into_iter().filter_map(|(label, words)| Some(format!("{label}: {}", words?))).collect();
    view! {
        // Folded once it is set, so that what it finds is in sight.
        <details class="fold filter">
            <summary>{if narrow { "Filter (set)" } else { "Filter" }}</summary>
            <form method="get" action=paths::activity()>
                <div class="filter-fields">
                    <Choice label="Agent" name="agent" none="Any" options=agents chosen={filter.agent.unwrap_or_default()}/>
                    <Choice label="What happened" name="kind" none="Any" options=kinds chosen={kind.unwrap_or_default()}/>
                    <Choice label="Reins’ answer" name="decision" none="Any" options=decisions chosen={filter.decision.unwrap_or_default()}/>
                    <Choice label="Action" name="action" none="Any" options=actions chosen={filter.action.unwrap_or_default()}/>
                    <Choice label="Person" name="person" none="Any" options=people chosen={person.unwrap_or_default()}/>
                    <Typed label="Customer".to_owned() name="customer" kind="text" value=filter.customer/>
                    <Typed
                        label=format!("From ({zone})")
                        name="from"
                        kind="date"
                        value=filter.from.map(|day| day.to_string())
                    />
                    <Typed
                        label=format!("To, included ({zone})")
                        name="to"
                        kind="date"
                        value=filter.to.map(|day| day.to_string())
                    />
                </div>
                <div class="filter-end">
                    <Submit label="Show"/>
                </div>
            </form>
        </details>
        {narrow
            .then(|| {
                view! {
                    <p class="filter-set">
                        {set.join(" · ")} ". " <a href=paths::activity()>"Show everything"</a>
                    </p>
                }
            })}
    }
}

/// What the address says, and what the reader sees.
type Options = Vec<(String, String)>;

/// What the reader sees of what is chosen.
fn words_of(options: &Options, chosen: &Option<String>) -> Option<String> {
    let chosen = chosen.as_ref()?;
    let known = options.iter().find(|(value, _)| value == chosen);
    Some(known.map_or_else(|| visible(chosen), |(_, words)| words.clone()))
}

#[component]
fn Typed(label: String, name: &'static str, kind: &'static str, value: Option<String>) -> impl IntoView {
    let value = value.unwrap_or_default();
    view! {
        <Field label name>
            <input class="input" type=kind name=name value=value autocomplete="off"/>
        </Field>
    }
}
