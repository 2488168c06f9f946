use leptos::prelude::*;

use super::condition::ConditionLine;
use crate::permissions::{
    choose::{Choose, NumberBlank, SpanBlank, Ticks},
    editing::Shared,
    form::{CONDITIONS, EFFECTS, RuleForm},
};

/// `When [Refund] is asked for and …, [1] of [CS leads] decide within [4] [hours], else [it is rejected].`
#[component]
pub fn RuleFields(editing: Shared, form: RuleForm) -> impl IntoView {
    let conditions: Vec<_> = form
        .when
        .clone()
        .into_iter()
        .enumerate()
        .map(|(at, clause)| view! { <ConditionLine editing=editing.clone() at clause/> })
        .collect();
    let kinds: Vec<_> = CONDITIONS
        .iter()
        .map(|(kind, words)| {
            view! {
                <button type="submit" class="button button-neutral button-row" name="then" value=format!("add:{kind}")>
                    {*words}
                </button>
            }
        })
        .collect();
    let more = if form.when.is_empty() { "Add a condition: without any, it always asks" } else { "Add a condition" };
    view! {
        <About editing=editing.clone() form=form.clone()/>
        <ul class="conditions">{conditions}</ul>
        <details class="fold-plain" data-key="add">
            <summary>{more}</summary>
            <div class="kinds">{kinds}</div>
        </details>
        <Deciding editing form/>
    }
}

/// `When [one of these actions] is asked for: [x] Refund`
#[component]
fn About(editing: Shared, form: RuleForm) -> impl IntoView {
    let options = [("several", "one of these actions"), ("kinds", "whatever …"), ("any", "anything")];
    let options = options.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let effects = EFFECTS.iter().map(|(name, effect)| ((*name).to_owned(), effect.words().to_owned())).collect();
    view! {
        <div class="phrase about-what">
            <span>"When"</span>
            <Choose name="rule[applies]" label="What the rule is about" options chosen=form.applies/>
            <span>"is asked for"</span>
            <span class="about-several">
                <Ticks
                    name="rule[actions][]"
                    legend="Which actions"
                    options=editing.listed_actions()
                    chosen=form.actions
                />
            </span>
            <span class="about-kinds">
                <Ticks name="rule[effects][]" legend="Whatever …" options=effects chosen=form.effects/>
            </span>
        </div>
    }
}

/// The actions that layer 2 lists, each alone.
pub fn about_options(editing: &Shared) -> Vec<(String, String)> {
    editing.listed_actions().into_iter().map(|(name, label)| (format!("action:{name}"), label)).collect()
}

/// `[1] of [CS leads] [whose yes counts for no other queue] must agree within [4] [hours], else [it is rejected].`
#[component]
fn Deciding(editing: Shared, form: RuleForm) -> impl IntoView {
    let queues = editing.queues();
    let mut late = vec![("reject".to_owned(), "it is rejected".to_owned())];
    late.extend(queues.iter().map(|(slug, name)| (format!("queue:{slug}"), format!("it goes to {name}"))));
    let same = [("", "whose yes counts for no other queue"), ("same", "whose yes may count for another queue, too")];
    let same = same.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let within = ("rule[number]".to_owned(), "rule[unit]".to_owned());
    let after = ("rule[late_number]".to_owned(), "rule[late_unit]".to_owned());
    view! {
        <div class="phrase deciding">
            <span>"then"</span>
            <NumberBlank name="rule[needed]" label="How many different people decide" value=form.needed least=1/>
            <span>"of"</span>
            <Choose name="rule[queue]" label="Who decides" options=queues chosen=form.queue/>
            <Choose
                name="rule[same]"
                label="Whether one person counts for several queues"
                options=same
                chosen=form.same
            />
            <span>"must agree within"</span>
            <SpanBlank names=within label="Time to decide" number=form.number unit=form.unit/>
            <span>"else"</span>
            <Choose name="rule[late]" label="What happens when nobody decides in time" options=late chosen=form.late/>
            <span class="after-late">
                <span>"who have"</span>
                <SpanBlank names=after label="Time for them" number=form.late_number unit=form.late_unit/>
                <span>"then it is rejected"</span>
            </span>
        </div>
    }
}
