use domain::{action::DataSet, agent_file::IntegrationHead, schema::Schema, view::catalog::Meaning as Means};
use islands::Said;
use leptos::prelude::*;

use super::{
    arguments::Arguments,
    calls::PutActionType,
    example::Example,
    meaning::Meaning,
    preview::Preview,
    typed::{EFFECTS, Typed},
    undoing::Undoing,
};
use crate::ui::{
    Choice, ErrorNote, Field, NoEnter, Notice, Reason, Section, Submit, TextField, Tone, failure, post_to,
};

/// What a form for an action type chooses from.
#[derive(Clone)]
pub struct Choices {
    pub data_sets: Vec<DataSet>,
    pub integrations: Vec<IntegrationHead>,
}

/// An action type as a form; each button that changes the table sends all of it, so that nothing is lost.
#[component]
pub fn ActionForm(typed: Typed, choices: Choices, meaning: Means) -> impl IntoView {
    let is_new = typed.seen.is_empty();
    let is_deep = !typed.deep.is_empty();
    let (rows, example) = (typed.rows.clone(), typed.example.clone());
    let world = typed.clone();
    let effect = view! {
        <Section title="What it does to the world">
            <Effect typed=world.clone()/>
            <Undoing typed=world/>
        </Section>
    };
    let action = typed.action_type();
    let failed = failure::<PutActionType>();
    let faults = action.clone().err().filter(|_| failed.is_some()).map(|faults| view! { <Faults faults/> });
    let preview = action.ok().map(|action| view! { <Preview action/> });
    let save = if is_new { "Add the action type".to_owned() } else { "Save a new revision".to_owned() };
    view! {
        <ErrorNote error=failed/>
        {faults}
        <form class="form form-wide" method="post" action={post_to::<PutActionType>()} data-leaves>
            // It would draw the form anew, without one of its arguments.
            <NoEnter/>
            <Kept name="fields[seen]" value=typed.seen.clone()/>
            <Kept name="fields[deep]" value=typed.deep.clone()/>
            <Words typed=typed.clone()/>
            {effect}
            <Example text=example/>
            <Arguments rows is_deep/>
            <RestsOn typed=typed.clone() choices/>
            {preview}
            <Section title="Save it">
                <Meaning meaning ticked=typed.accepted/>
                <Reason label="Why, for the record" name="fields[note]" value=typed.note required=true/>
                <div class="actions">
                    <Submit label=save tone=Tone::Accent/>
                </div>
            </Section>
        </form>
    }
}

/// What nobody types.
#[component]
fn Kept(name: &'static str, value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// What has to be put right, all of it.
#[component]
fn Faults(faults: Vec<String>) -> impl IntoView {
    let lines: Vec<_> = faults.into_iter().map(|fault| view! { <li><Said text=fault/></li> }).collect();
    view! {
        <Notice tone=Tone::Waiting>
            <p class="notice-title">"This has to be put right first:"</p>
            <ul class="reasons">{lines}</ul>
        </Notice>
    }
}

#[component]
fn Words(typed: Typed) -> impl IntoView {
    let name = match typed.seen.is_empty() {
        true => view! {
            <TextField
                label="Name"
                name="fields[name]"
                value=typed.name
                hint="As the agent and rules name it, for good: order.refund. Small letters, digits, dots, hyphens and underscores."
                required=true
                most=80
            />
        }
        .into_any(),
        false => view! { <input type="hidden" name="fields[name]" value=typed.name/> }.into_any(),
    };
    view! {
        {name}
        <TextField
            label="Label"
            name="fields[label]"
            value=typed.label
            hint="Short, and used as a verb: Refund"
            required=true
            most=80
        />
        <TextField
            label="Sentence"
            name="fields[sentence]"
            value=typed.sentence
            hint="What it does, with arguments in braces. A part in brackets is left out where its argument is: Refund {total} to {customer}[ for order {order_id}]"
            required=true
            most=500
        />
    }
}

#[component]
fn Effect(typed: Typed) -> impl IntoView {
    let options: Vec<_> = EFFECTS
        .iter()
        .map(|(effect, name)| {
            let chosen = typed.effect == *name;
            view! { <option value=*name selected=chosen>{format!("It {}", effect.words())}</option> }
        })
        .collect();
    view! {
        <Field label="Effect" name="fields[effect]">
            <select name="fields[effect]">{options}</select>
        </Field>
        <label class="check">
            <input type="checkbox" name="fields[for-customer]" checked=typed.for_customer/>
            <span>"It is done for one customer, who must be named together with what set it off"</span>
        </label>
    }
}

/// Its amount, the integration it runs on, and the data sets it rests on.
#[component]
fn RestsOn(typed: Typed, choices: Choices) -> impl IntoView {
    let properties = match typed.arguments() {
        Ok(Schema::Object { properties, .. }) => properties,
        _ => Default::default(),
    };
    let money = properties.into_iter().filter(|(_, schema)| matches!(schema, Schema::Money { .. }));
    let mut amounts: Vec<String> = money.map(|(name, _)| name).collect();
    if !typed.amount.is_empty() && !amounts.contains(&typed.amount) {
        amounts.push(typed.amount.clone());
    }
    let amounts: Vec<_> = amounts.into_iter().map(|name| (name.clone(), name)).collect();
    let integrations = choices.integrations.into_iter().map(|one| (one.slug, one.name)).collect();
    let boxes: Vec<_> = choices
        .data_sets
        .into_iter()
        .map(|set| {
            let chosen = typed.data_sets.contains(&set.name);
            view! {
                <label class="check">
                    <input type="checkbox" name=format!("fields[set/{}]", set.name) checked=chosen/>
                    <span>{set.label} " " <code class="hint">{set.name}</code></span>
                </label>
            }
        })
        .collect();
    view! {
        <Section title="What it rests on">
            <Choice label="Its amount" name="fields[amount]" hint="The argument that limits and rules look at." none="It has no amount" options=amounts chosen=typed.amount/>
            <label class="check">
                <input type="checkbox" name="fields[may-lack-amount]" checked=typed.may_lack_amount/>
                <span>"Without its amount nothing moves; otherwise rules ask, and hard limits deny"</span>
            </label>
            <label class="check">
                <input type="checkbox" name="fields[zero-amount]" checked=typed.zero_amount/>
                <span>"Its amount may be zero"</span>
            </label>
            <Choice label="It runs on" name="fields[integration]" hint="When its circuit breaker is open, the action is paused." none="No integration" options=integrations chosen=typed.integration/>
            <fieldset>
                <legend>"Data sets it rests on"</legend>
                <p class="field-hint">"They count as read, whatever a request says that it reads."</p>
                <div class="checks">{boxes}</div>
            </fieldset>
        </Section>
    }
}
