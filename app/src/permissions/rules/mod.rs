//! Layer 3: rules, each a sentence with blanks, under what they are about.

mod add;
mod condition;
pub mod group;
mod rule;
mod rule_form;

use leptos::prelude::*;

use self::{add::AddRule, group::groups, rule::RuleCard};
use super::{
    editing::Shared,
    layers::{Fallback, Layer},
    wrote::Wrote,
};

#[component]
pub fn RuleLayer(editing: Shared) -> impl IntoView {
    let rules = &editing.set().approval_thresholds.rules;
    let groups: Vec<_> = groups(rules, &editing)
        .into_iter()
        .map(|(title, rules)| {
            let cards: Vec<_> = rules
                .into_iter()
                .map(|rule| view! { <RuleCard editing=editing.clone() id=rule.id.clone() rule=Some(rule.clone())/> })
                .collect();
            view! {
                <div class="edit-group" data-key=title.clone()>
                    <h3 class="edit-group-title">{title.clone()}</h3>
                    <ul class="edit-rows">{cards}</ul>
                </div>
            }
        })
        .collect();
    let nothing = rules.is_empty().then(|| {
        view! { <p class="quiet">"No rule yet: what is allowed goes through, and nobody is asked."</p> }
    });
    // Somebody else has removed what was written here.
    let gone = editing.refused_if(|wrote| match wrote {
        Wrote::Rule { id, .. } => rules.iter().all(|rule| rule.id != *id),
        _ => false,
    });
    let gone = gone.and_then(|refused| match refused.wrote {
        Wrote::Rule { id, .. } => Some(view! {
            <ul class="edit-rows"><RuleCard editing=editing.clone() id rule=None/></ul>
        }),
        _ => None,
    });
    view! {
        <Layer
            number=3
            title="When does a person decide?"
            hint="Every rule that fits must be met. Where none fits, what is allowed goes through."
        >
            {nothing}
            {gone}
            {groups}
            <AddRule editing=editing.clone()/>
            <Fallback editing/>
        </Layer>
    }
}
