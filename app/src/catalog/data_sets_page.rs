use domain::{
    action::{DataSet, Sensitivity},
    meaning::Change,
    sentence::visible,
    view::catalog::{CatalogPage, DataSetRow, Meaning as Means},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{actions_page::UsedBy, calls::PutDataSet, meaning::Meaning};
use crate::{
    server::{actor, governance},
    settings::SettingsNav,
    told,
    ui::{
        DoneNote, Empty, ErrorNote, Field, PageTitle, Reason, Section, Submit, Tag, TextField, Tone, failure, loaded,
        post_to,
        words::{count, label, list, number},
    },
};

/// What was typed of a data set and not taken.
#[derive(Clone, Serialize, Deserialize)]
pub struct Typed {
    pub name: String,
    pub label: String,
    pub sensitivity: Sensitivity,
    pub note: String,
    pub is_new: bool,
    #[serde(skip)]
    pub meaning: Means,
}

/// Everything that agents can read.
#[component]
pub fn DataSetsPage() -> impl IntoView {
    let typed = told::typed::<PutDataSet, Typed>();
    let page = async move {
        let actor = actor().await?;
        let governance = governance()?;
        let page = governance.catalog(&actor).await?;
        let lead = lead(&page);
        let typed = match typed {
            Some(typed) => {
                let set =
                    DataSet { name: typed.name.clone(), label: typed.label.clone(), sensitivity: typed.sensitivity };
                let meaning = governance.meaning(&actor, &Change::DataSet { set, seen: None }).await?;
                Some(Typed { meaning, ..typed })
            }
            None => None,
        };
        let (new, changed) = match typed {
            Some(typed) if typed.is_new => (Some(typed), None),
            changed => (None, changed),
        };
        let add = page.may_edit.then(|| view! { <AddDataSet typed=new/> });
        Ok(view! {
            <PageTitle title="Data sets" lead/>
            <SettingsNav actor here="Data sets"/>
            <ErrorNote error={failure::<PutDataSet>()}/>
            <DataSets rows=page.data_sets may_edit=page.may_edit typed=changed/>
            {add}
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

fn lead(page: &CatalogPage) -> String {
    let sensitive = page.data_sets.iter().filter(|row| row.set.sensitivity >= Sensitivity::Personal).count();
    format!(
        "{} that agents can be let read, {} of them personal or sensitive.",
        count(number(page.data_sets.len()), "data set", "data sets"),
        sensitive
    )
}

#[component]
fn DataSets(rows: Vec<DataSetRow>, may_edit: bool, typed: Option<Typed>) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <Empty title="There is no data set yet">
                <p>"Without one, no agent can be let read anything."</p>
            </Empty>
        }
        .into_any();
    }
    let lines: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let typed = typed.clone().filter(|typed| typed.name == row.set.name);
            view! { <DataSetLine row may_edit typed/> }
        })
        .collect();
    view! { <ul class="lines">{lines}</ul> }.into_any()
}

#[component]
fn DataSetLine(row: DataSetRow, may_edit: bool, typed: Option<Typed>) -> impl IntoView {
    let DataSetRow { set, agents, actions } = row;
    let tone = if set.sensitivity >= Sensitivity::Personal { Tone::Waiting } else { Tone::Neutral };
    let rests = (!actions.is_empty()).then(|| format!("Actions that rest on it: {}.", list(&actions)));
    let form = may_edit.then(|| {
        let open = typed.is_some();
        let (label, sensitivity, note, meaning) = match typed {
            Some(typed) => (typed.label, typed.sensitivity, typed.note, typed.meaning),
            None => (set.label.clone(), set.sensitivity, String::new(), Means::default()),
        };
        view! {
            <details class="fold-plain" open=open>
                <summary>{format!("Change {}", visible(&set.label))}</summary>
                <form class="form" method="post" action={post_to::<PutDataSet>()}>
                    <input type="hidden" name="name" value=set.name.clone()/>
                    <input type="hidden" name="seen_label" value=set.label.clone()/>
                    <input type="hidden" name="seen_sensitivity" value=set.sensitivity.name()/>
                    <TextField label="Label" name="label" value=label required=true most=80/>
                    <Sensitivities chosen=sensitivity/>
                    <Meaning meaning/>
                    <Reason label="Why, for the record" name="note" value=note required=true/>
                    <div class="actions">
                        <Submit label="Save the data set" tone=Tone::Accent/>
                    </div>
                </form>
            </details>
        }
    });
    view! {
        <li class="line" data-key=set.name.clone()>
            <div class="line-main">
                <p><strong>{visible(&set.label)}</strong> " " <code class="hint">{set.name.clone()}</code></p>
                <p class="line-more">"Named in the permissions of " <UsedBy agents/> ". " {rests}</p>
                {form}
            </div>
            <div class="line-side"><Tag tone text=label(set.sensitivity.name())/></div>
        </li>
    }
}

#[component]
fn AddDataSet(typed: Option<Typed>) -> impl IntoView {
    let blank = || Typed {
        name: String::new(),
        label: String::new(),
        sensitivity: Sensitivity::Personal,
        note: String::new(),
        is_new: true,
        meaning: Means::default(),
    };
    let Typed { name, label, sensitivity, note, .. } = typed.unwrap_or_else(blank);
    view! {
        <Section title="Add a data set">
            <form class="form" method="post" action={post_to::<PutDataSet>()}>
                <TextField
                    label="Name"
                    name="name"
                    value=name
                    hint="As agents and rules name it, for good: customer.orders. Small letters, digits, dots, hyphens and underscores."
                    required=true
                    most=80
                />
                <TextField label="Label" name="label" value=label hint="As people read it: Orders of a customer" required=true most=80/>
                <Sensitivities chosen=sensitivity/>
                <Reason label="Why, for the record" name="note" value=note required=true/>
                <Submit label="Add the data set" tone=Tone::Accent/>
            </form>
        </Section>
    }
}

#[component]
fn Sensitivities(chosen: Sensitivity) -> impl IntoView {
    let words = |sensitivity| match sensitivity {
        Sensitivity::Public => "Public: anybody can see it",
        Sensitivity::Internal => "Internal: of the shop, and of no person",
        Sensitivity::Personal => "Personal: of a person",
        Sensitivity::Sensitive => "Sensitive: would hurt a person if it got out",
    };
    let options = Sensitivity::ALL.map(|one| {
        view! { <option value=one.name() selected={one == chosen}>{words(one)}</option> }
    });
    view! {
        <Field label="How private it is" name="sensitivity">
            <select name="sensitivity">{options}</select>
        </Field>
    }
}
