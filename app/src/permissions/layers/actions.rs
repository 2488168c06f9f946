use std::collections::BTreeSet;

use domain::{
    action::{ActionType, Reversibility},
    part::{Part, Piece},
    sentence::visible,
    words::label as capital,
};
use islands::Said;
use leptos::prelude::*;

use super::{
    Layer,
    limit::{GoneLimit, Limits},
};
use crate::{
    catalog::example_of,
    paths,
    permissions::{
        calls::SetAction,
        choose::{Choose, Save},
        editing::{Shared, anchor},
        remarks::{NotTaken, Remarks, SaveMine, unsaved},
        wrote::Wrote,
    },
    ui::{Icon, post_to},
};

const STANDINGS: [(&str, &str); 4] = [
    ("not_listed", "Denied: not listed"),
    ("allowed", "Allowed"),
    ("shadow", "In shadow: judged only"),
    ("denied", "Must not do"),
];

/// Layer 2: every action type of the shop.
#[component]
pub fn ActionLayer(editing: Shared) -> impl IntoView {
    let scope = &editing.set().action_scope;
    let known: BTreeSet<&String> = editing.view.catalog.actions.iter().map(|action| &action.name).collect();
    let strange: BTreeSet<&String> =
        scope.allow.keys().chain(&scope.deny).filter(|name| !known.contains(name)).collect();
    let names = editing.view.catalog.actions.iter().map(|action| &action.name).chain(strange);
    let rows: Vec<_> = names.cloned().map(|name| view! { <Row editing=editing.clone() name/> }).collect();
    let few = (known.len() <= 1).then(|| {
        view! {
            <p class="quiet">
                "The shop has no action types of its own yet. "
                <a href=paths::actions()>"Describe what can be done"</a> " first."
            </p>
        }
    });
    view! {
        <Layer
            number=2
            title="What may it do?"
            hint="What is not listed is denied. Beyond a hard limit it is denied too, and nobody is asked."
        >
            {few}
            <ul class="edit-rows">{rows}</ul>
        </Layer>
    }
}

#[component]
fn Row(editing: Shared, name: String) -> impl IntoView {
    let part = Part::Action { name: name.clone() };
    let here = anchor(&part);
    let piece = editing.set().piece(&part);
    let standing = standing(&piece);
    let label = editing.action_label(&name);
    let refused = editing.refused_if(|wrote| matches!(wrote, Wrote::Action { name: of, .. } if *of == name));
    let mine = refused.as_ref().and_then(|refused| match &refused.wrote {
        Wrote::Action { standing, .. } => Some(standing.clone()),
        _ => None,
    });
    let options = STANDINGS.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let choice = mine.clone().unwrap_or_else(|| standing.to_owned());
    let about = editing.view.catalog.action(&name).cloned().map(|action| view! { <About action/> });
    let listed = matches!(standing, "allowed" | "shadow");
    let limits = match listed {
        true => view! { <Limits editing=editing.clone() action=name.clone()/> }.into_any(),
        false => view! { <ul class="limits"><GoneLimit editing=editing.clone() action=name.clone()/></ul> }.into_any(),
    };
    let rest = if listed { "edit-row edit-row-on" } else { "edit-row" };
    view! {
        <li class=rest id=here.clone() data-key=name.clone()>
            <form class="edit-row-form" method="post" data-key=here.clone() data-autosave autocomplete="off" data-unsaved=unsaved(&refused) action={post_to::<SetAction>()}>
                <NotTaken editing=editing.clone() refused=refused.clone() now=words(standing) mine=mine.as_deref().map(words)/>
                <input type="hidden" name="agent" value=editing.slug.clone()/>
                <input type="hidden" name="name" value=name.clone()/>
                <input type="hidden" name="seen" value=editing.seen(&part)/>
                <div class="edit-row-text">
                    <p class="edit-row-title">{label.clone()}</p>
                    {about}
                </div>
                <Choose name="standing" label=label.clone() options chosen=choice/>
                <SaveMine refused=refused.clone()/>
                <Save of=label/>
            </form>
            {limits}
            <Remarks editing part/>
        </li>
    }
}

/// What it does, and whether it can be undone.
#[component]
fn About(action: ActionType) -> impl IntoView {
    let example = example_of(&action);
    let (icon, undo) = match &action.reversibility {
        Reversibility::Reversible { .. } => ("undo", "can be undone"),
        Reversibility::Until { .. } => ("clock", "can be undone for a while"),
        Reversibility::Irreversible => ("alert", "cannot be undone"),
    };
    let exact = visible(&action.reversibility.words());
    view! {
        <p class="hint">"Such as: " <Said text=example/></p>
        <p class="hint about">
            <span>{capital(action.effect.words())}</span>
            <span class="about-undo" title=exact>
                <Icon name=icon/>
                {undo}
            </span>
        </p>
    }
}

fn words(standing: &str) -> String {
    STANDINGS.iter().find(|(value, _)| *value == standing).map(|(_, words)| (*words).to_owned()).unwrap_or_default()
}

fn standing(piece: &Piece) -> &'static str {
    match piece {
        Piece::Action { denied: true, .. } => "denied",
        Piece::Action { allow: Some(allowance), .. } if allowance.shadow => "shadow",
        Piece::Action { allow: Some(_), .. } => "allowed",
        _ => "not_listed",
    }
}
