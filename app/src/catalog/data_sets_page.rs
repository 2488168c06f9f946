use domain::{
    action::{DataSet, Sensitivity},
    authoring::meaning::Change,
    sentence::visible,
    view::catalog::{CatalogPage, DataSetRow},
};
use leptos::prelude::*;

use super::{
    actions_page::UsedBy,
    calls::PutDataSet,
    meaning::{Accepting, Refused},
};
use crate::{
    server::{actor, governance},
    settings::SettingsNav,
    told::Sent,
    ui::{
        DoneNote, Empty, ErrorNote, Field, PageTitle, Section, Submit, Tag, TextField, Tone, failure, loaded, post_to,
        sent,
        words::{count, label, list, number},
    },
};

/// Everything that agents can read.
#[component]
pub fn DataSetsPage() -> impl IntoView {
    let sent = sent::<PutDataSet>();
    let page = async move {
        let actor = actor().await?;
        let governance = governance()?;
        let page = governance.catalog(&actor).await?;
        let lead = lead(&page);
        let refused = match sent.is_some() {
            true => {
                let (name, label) = (sent.text("name").trim().to_owned(), sent.text("label").trim().to_owned());
                let set = DataSet { name, label, sensitivity: sensitivity(&sent) };
                Some(Refused { meaning: governance.meaning(&actor, &Change::DataSet { set, seen: None }).await?, sent })
            }
            false => None,
        };
        // The form for a new one has seen none.
        let (new, changed) = match refused {
            Some(refused) if refused.sent.text("seen_label").is_empty() => (Some(refused), None),
            changed => (None, changed),
        };
        let add = page.may_edit.then(|| view! { <AddDataSet refused=new/> });
        Ok(view! {
            <PageTitle title="Data sets" lead/>
            <SettingsNav actor here="Data sets"/>
            <ErrorNote error={failure::<PutDataSet>()}/>
            <DataSets rows=page.data_sets may_edit=page.may_edit refused=changed/>
            {add}
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

fn sensitivity(sent: &Sent) -> Sensitivity {
    Sensitivity::parse(&sent.text("sensitivity")).unwrap_or(Sensitivity::Personal)
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
fn DataSets(rows: Vec<DataSetRow>, may_edit: bool, refused: Option<Refused>) -> impl IntoView {
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
            let refused = refused.clone().filter(|refused| refused.sent.has("name", &row.set.name));
            view! { <DataSetLine row may_edit refused/> }
        })
        .collect();
    view! { <ul class="lines">{lines}</ul> }.into_any()
}

#[component]
fn DataSetLine(row: DataSetRow, may_edit: bool, refused: Option<Refused>) -> impl IntoView {
    let DataSetRow { set, agents, actions } = row;
    let tone = if set.sensitivity >= Sensitivity::Personal { Tone::Waiting } else { Tone::Neutral };
    let rests = (!actions.is_empty()).then(|| format!("Actions that rest on it: {}.", list(&actions)));
    let form = may_edit.then(|| {
        let open = refused.is_some();
        let (label, chosen) = match &refused {
            Some(Refused { sent, .. }) => (sent.text("label"), sensitivity(sent)),
            None => (set.label.clone(), set.sensitivity),
        };
        view! {
            <details class="fold-plain" open=open>
                <summary>{format!("Change {}", visible(&set.label))}</summary>
                <form class="form" method="post" action={post_to::<PutDataSet>()}>
                    <input type="hidden" name="name" value=set.name.clone()/>
                    <input type="hidden" name="seen_label" value=set.label.clone()/>
                    <input type="hidden" name="seen_sensitivity" value=set.sensitivity.name()/>
                    <TextField label="Label" name="label" value=label required=true most=80/>
                    <Sensitivities chosen/>
                    <Accepting refused/>
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
fn AddDataSet(refused: Option<Refused>) -> impl IntoView {
    let Refused { sent, .. } = refused.clone().unwrap_or_default();
    let (name, label, chosen) = (sent.text("name"), sent.text("label"), sensitivity(&sent));
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
                <Sensitivities chosen/>
                <Accepting refused/>
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
