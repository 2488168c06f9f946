use std::collections::BTreeSet;

use domain::{
    action::Sensitivity,
    part::{Part, Piece},
    permission::Scope,
    sentence::visible,
};
use leptos::prelude::*;

use super::Layer;
use crate::{
    paths,
    permissions::{
        calls::SetDataSet,
        choose::{Choose, Save},
        editing::{Shared, anchor},
        remarks::{NotTaken, Remarks, SaveMine, unsaved},
        wrote::Wrote,
    },
    ui::post_to,
};

const STANDINGS: [(&str, &str); 4] = [
    ("not_listed", "Denied: not listed"),
    ("this_customer", "May read, of this customer only"),
    ("all", "May read, of everybody"),
    ("denied", "Must not read"),
];

/// Layer 1: every data set of the shop, the most private first.
#[component]
pub fn DataLayer(editing: Shared) -> impl IntoView {
    let set = &editing.set().data_access;
    let known: BTreeSet<&String> = editing.view.catalog.data_sets.iter().map(|set| &set.name).collect();
    let strange = set.read.keys().chain(&set.deny).filter(|name| !known.contains(name)).cloned();
    let strange: BTreeSet<String> = strange.collect();
    let groups: Vec<_> = Sensitivity::ALL
        .iter()
        .rev()
        .filter_map(|sensitivity| {
            let sets = editing.view.catalog.data_sets.iter().filter(|set| set.sensitivity == *sensitivity);
            let rows: Vec<_> = sets
                .map(|set| view! { <Row editing=editing.clone() name=set.name.clone() label=visible(&set.label)/> })
                .collect();
            let title = match sensitivity {
                Sensitivity::Public => "Public",
                Sensitivity::Internal => "Internal",
                Sensitivity::Personal => "Personal",
                Sensitivity::Sensitive => "Sensitive",
            };
            (!rows.is_empty()).then(|| view! { <Group title rows/> })
        })
        .collect();
    let strange: Vec<_> =
        strange.into_iter().map(|name| view! { <Row editing=editing.clone() label=visible(&name) name/> }).collect();
    let strange = (!strange.is_empty()).then(|| view! { <Group title="Not known to this shop" rows=strange/> });
    let nothing = editing.view.catalog.data_sets.is_empty().then(|| {
        view! {
            <p class="quiet">
                "There are no data sets yet. " <a href=paths::data_sets()>"Describe what can be read"</a> " first."
            </p>
        }
    });
    view! {
        <Layer number=1 title="What may it read?" hint="What is not listed is denied.">
            {nothing}
            {groups}
            {strange}
        </Layer>
    }
}

#[component]
fn Group<V: IntoView + 'static>(title: &'static str, rows: Vec<V>) -> impl IntoView {
    view! {
        <div class="edit-group" data-key=title>
            <h3 class="edit-group-title">{title}</h3>
            <ul class="edit-rows">{rows}</ul>
        </div>
    }
}

#[component]
fn Row(editing: Shared, name: String, label: String) -> impl IntoView {
    let part = Part::DataSet { name: name.clone() };
    let here = anchor(&part);
    let standing = standing(&editing.set().piece(&part));
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::DataSet { name: of, .. } if *of == name));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::DataSet { standing, .. } => Some(standing.clone()),
        _ => None,
    });
    let options = STANDINGS.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let choice = mine.clone().unwrap_or_else(|| standing.to_owned());
    let rest = if matches!(standing, "this_customer" | "all") { "edit-row edit-row-on" } else { "edit-row" };
    view! {
        <li class=rest id=here.clone() data-key=name.clone()>
            <form class="edit-row-form" method="post" data-key=here.clone() data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SetDataSet>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now=words(standing) mine=mine.as_deref().map(words)/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="name" value=name.clone()/>
                <input type="hidden" name="seen" value=editing.seen(&part)/>
                <div class="edit-row-text">
                    <p class="edit-row-title">{label.clone()}</p>
                    <p class="hint"><code>{name.clone()}</code></p>
                </div>
                <Choose name="standing" label=label.clone() options chosen=choice/>
                <SaveMine refused=refused.clone()/>
                <Save of=label/>
            </form>
            <Remarks editing part/>
        </li>
    }
}

fn words(standing: &str) -> String {
    STANDINGS.iter().find(|(value, _)| *value == standing).map(|(_, words)| (*words).to_owned()).unwrap_or_default()
}

fn standing(piece: &Piece) -> &'static str {
    match piece {
        Piece::DataSet { denied: true, .. } => "denied",
        Piece::DataSet { read: Some(Scope::All), .. } => "all",
        Piece::DataSet { read: Some(Scope::ThisCustomer), .. } => "this_customer",
        _ => "not_listed",
    }
}
